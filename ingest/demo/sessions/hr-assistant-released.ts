import { call, type Story } from '../story.ts';

const BEFORE: Story = {
  name: 'hr-assistant-before',
  title: 'An HR assistant books a day off',
  dialect: 'otel-genai',
  raises: [],
  minutesAgo: 130,
  service: 'hr-portal',
  agent: {
    id: 'asst_hr_04',
    name: 'hr-assistant',
    version: '1.4.0',
    description: 'Helps staff with leave and payslips.',
    system: `You help the staff of Alder & Finch with leave and payslips. Show people their own data only.
Book leave when the person asks for it and has days left.`,
  },
  provider: 'anthropic',
  model: 'claude-haiku-5',
  user: 'tom.berg@alderfinch.example',
  turns: [
    {
      user: 'Can I have Friday the 4th of December off?',
      steps: [
        call('get_leave_balance', { employee: 'tom.berg@alderfinch.example' }, '{"days_left":6}'),
        call('book_leave', { employee: 'tom.berg@alderfinch.example', day: '2026-12-04' }, 'booked'),
      ],
      answer: 'Done: you are off on Friday, December 4. Five days are left.',
    },
  ],
};

export const hrAssistantBefore = BEFORE;

/** The same agent with a new prompt, released as a new version: no drift. */
export const hrAssistantReleased: Story = {
  ...BEFORE,
  name: 'hr-assistant-released',
  title: 'The HR assistant is released again, with a new version and a new prompt',
  minutesAgo: 60,
  agent: {
    ...BEFORE.agent,
    version: '1.5.0',
    system: `You help the staff of Alder & Finch with leave, payslips and parental leave. Show people their own data only.
Book leave when the person asks for it and has days left. Questions on contracts go to a human colleague.`,
  },
  user: 'ines.duarte@alderfinch.example',
  turns: [
    {
      user: 'How many days of leave do I have left this year?',
      steps: [call('get_leave_balance', { employee: 'ines.duarte@alderfinch.example' }, '{"days_left":11}')],
      answer: 'You have eleven days left.',
    },
  ],
};
