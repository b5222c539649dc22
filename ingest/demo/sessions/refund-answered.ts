import { call, type Story } from '../story.ts';

export const refundAnswered: Story = {
  name: 'refund-answered',
  title: 'A support agent looks up a return and pays the refund the customer asked for',
  dialect: 'otel-genai',
  raises: [],
  minutesAgo: 175,
  service: 'support-desk',
  agent: {
    id: 'asst_support_01',
    name: 'support-agent',
    version: '2.3.0',
    description: 'Answers questions on orders, returns and refunds.',
    system: `You are the support agent of Alder & Finch, a shop for kitchen goods.
Answer questions on orders, returns and refunds. Look an order up before you say anything about it.
Refund only what was returned, and never more than 150 EUR without a colleague. Be friendly and brief.`,
  },
  provider: 'openai',
  model: 'gpt-5-mini',
  user: 'customer-88213',
  turns: [
    {
      user: 'Hi! I sent back the blue kettle from order A-10423 last week. Could I have the 39.90 EUR refunded, please?',
      steps: [
        call(
          'lookup_order',
          { order_id: 'A-10423' },
          '{"order_id":"A-10423","items":[{"sku":"KETTLE-BLUE","price":"39.90","currency":"EUR"}],"status":"delivered","return":{"received":"2026-11-18","condition":"as new"}}',
        ),
        call(
          'issue_refund',
          { order_id: 'A-10423', amount: '39.90', currency: 'EUR' },
          '{"refund":"accepted","expected_days":3}',
        ),
      ],
      answer:
        'Your kettle arrived back with us, so I have refunded 39.90 EUR. It should reach you within three working days.',
    },
    {
      user: 'Great, thank you. Does the green one come with a lid?',
      steps: [
        call('search_catalogue', { query: 'green kettle' }, '[{"sku":"KETTLE-GREEN","lid":true,"price":"42.50"}]'),
      ],
      answer: 'It does: the green kettle has a matching lid and costs 42.50 EUR.',
    },
  ],
};
