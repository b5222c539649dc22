import { call, type Story } from '../story.ts';

export const weeklySalesReport: Story = {
  name: 'weekly-sales-report',
  title: 'A scheduled job writes the weekly sales report and mails it to the people it is for',
  dialect: 'openllmetry',
  raises: [],
  minutesAgo: 138,
  service: 'reporting',
  agent: {
    id: 'report-writer',
    name: 'report_writer',
    version: '1.2.0',
    description: 'Writes reports from the sales database.',
    system: `You write reports for Alder & Finch from the sales database. Give totals and the change against the week before.
Send a report to the recipients that the job names, and to nobody else.`,
  },
  provider: 'openai',
  model: 'gpt-5',
  user: 'job-weekly-report',
  trigger: 'scheduled_weekly_report',
  turns: [
    {
      user: 'Write the sales report for week 46 and send it to finance-leads@alderfinch.example.',
      steps: [
        call('query_sales', { week: 46 }, '[{"region":"north","revenue":48210},{"region":"south","revenue":39955}]'),
        call('query_sales', { week: 45 }, '[{"region":"north","revenue":46002},{"region":"south","revenue":41120}]'),
        call(
          'send_email',
          {
            to: 'finance-leads@alderfinch.example',
            subject: 'Sales report, week 46',
            body: 'Revenue in week 46 was 88,165 EUR, 1.2 % above week 45. North grew, south fell slightly.',
          },
          'sent',
        ),
      ],
      answer: 'The report for week 46 has been sent to finance-leads@alderfinch.example.',
    },
  ],
};
