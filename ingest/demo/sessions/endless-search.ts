import { call, type Story } from '../story.ts';

const SEARCHES = 41;

export const endlessSearch: Story = {
  name: 'endless-search',
  title: 'An agent asks the same stock question over and over',
  dialect: 'otel-genai',
  raises: ['step-count-blowup'],
  minutesAgo: 21,
  service: 'inventory',
  agent: {
    id: 'asst_inventory_03',
    name: 'inventory-agent',
    version: '0.7.0',
    description: 'Answers questions on stock.',
    system: `You answer questions on the stock of Alder & Finch's warehouses. Search until you have found the article.`,
  },
  provider: 'openai',
  model: 'gpt-5-mini',
  user: 'sam.lindqvist@alderfinch.example',
  turns: [
    {
      user: 'How many left-handed whisks do we have?',
      steps: Array.from({ length: SEARCHES }, (_, at) =>
        call(
          'search_stock',
          { query: 'left-handed whisk', page: at + 1 },
          '{"hits":[],"hint":"no hits on this page, try the next one"}',
        ),
      ),
      answer: 'I could not find any.',
    },
  ],
};
