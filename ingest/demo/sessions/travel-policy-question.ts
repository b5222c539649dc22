import { retrieve, type Story } from '../story.ts';

export const travelPolicyQuestion: Story = {
  name: 'travel-policy-question',
  title: 'An assistant answers from the company handbook',
  dialect: 'openinference',
  raises: [],
  minutesAgo: 152,
  service: 'handbook-bot',
  agent: {
    id: 'handbook-bot',
    name: 'handbook-bot',
    version: '0.9.4',
    description: 'Answers questions from the employee handbook.',
    system: `You answer questions of Alder & Finch's staff from the employee handbook, and from nothing else.
Name the section you answer from. If the handbook does not say, say so.`,
  },
  provider: 'anthropic',
  model: 'claude-haiku-5',
  user: 'priya.raman@alderfinch.example',
  turns: [
    {
      user: 'How much may a hotel cost per night when I visit a supplier in Lisbon?',
      steps: [
        retrieve('hotel cost per night supplier visit', [
          {
            id: 'handbook/travel#hotels',
            content: 'Hotels: up to 140 EUR a night in capitals, 110 EUR elsewhere, breakfast included.',
            score: 0.91,
          },
          {
            id: 'handbook/travel#suppliers',
            content: 'Supplier visits are booked through the office at least ten days ahead.',
            score: 0.78,
          },
        ]),
      ],
      answer: 'Up to 140 EUR a night, breakfast included, as Lisbon is a capital (travel, section Hotels).',
    },
  ],
};
