import { call, type Story } from '../story.ts';

export const rememberedAllergy: Story = {
  name: 'remembered-allergy',
  title: 'A user asks a meal planner to remember an allergy',
  dialect: 'vercel-ai',
  raises: [],
  minutesAgo: 145,
  service: 'meal-planner',
  agent: {
    id: 'meal-planner',
    name: 'meal-planner',
    version: '3.0.1',
    description: 'Plans meals.',
    system: `You plan meals for people who cook at home. Keep to what they tell you about allergies and taste.
When someone asks you to remember something, save it in one sentence with save_memory.`,
  },
  provider: 'openai',
  model: 'gpt-5-mini',
  user: 'user_5521',
  turns: [
    {
      user: 'Please remember that my daughter Matilda is allergic to hazelnuts, and that we never eat pork.',
      steps: [
        call(
          'save_memory',
          { text: 'Daughter Matilda is allergic to hazelnuts; the family never eats pork.' },
          'saved',
        ),
      ],
      answer: 'I will keep hazelnuts and pork out of every plan.',
    },
    {
      user: 'What can we cook tonight with courgettes and rice?',
      steps: [
        call(
          'recall_memory',
          { query: 'allergies and taste' },
          'Daughter Matilda is allergic to hazelnuts; the family never eats pork.',
        ),
        call(
          'search_recipes',
          { ingredients: 'courgette, rice' },
          '[{"title":"Courgette risotto","nuts":false},{"title":"Stuffed courgettes","nuts":false}]',
        ),
      ],
      answer: 'Courgette risotto would do: no nuts, no pork, ready in 35 minutes.',
    },
  ],
};
