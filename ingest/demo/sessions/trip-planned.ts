import { call, type Story } from '../story.ts';

/** Long, but with a goal: twelve steps in one run are no blow-up. */
export const tripPlanned: Story = {
  name: 'trip-planned',
  title: 'A travel agent plans a trade-fair visit in twelve steps',
  dialect: 'vercel-ai',
  raises: [],
  minutesAgo: 115,
  service: 'trip-planner',
  agent: {
    id: 'trip-planner',
    name: 'trip-planner',
    version: '2.0.0',
    description: 'Plans business trips.',
    system: `You plan business trips for Alder & Finch. Compare before you book, keep to the travel policy, and put everything
into the traveller's calendar. Book only what the traveller asked for.`,
  },
  provider: 'anthropic',
  model: 'claude-sonnet-5',
  user: 'priya.raman@alderfinch.example',
  turns: [
    {
      user: 'Plan my trip to the Ambiente fair: Hamburg to Frankfurt by train on February 5, back on February 7, hotel near the fair for two nights below 140 EUR. Book the cheapest train that arrives before 11 and hold the hotel.',
      steps: [
        call('get_travel_policy', { topic: 'trains and hotels' }, 'Trains second class. Hotels up to 140 EUR a night.'),
        call(
          'search_trains',
          { from: 'Hamburg', to: 'Frankfurt', day: '2027-02-05' },
          '[{"id":"T71","arrives":"10:36","price":59.9},{"id":"T73","arrives":"11:36","price":49.9}]',
        ),
        call(
          'search_trains',
          { from: 'Hamburg', to: 'Frankfurt', day: '2027-02-05', arrive_before: '11:00' },
          '[{"id":"T71","arrives":"10:36","price":59.9}]',
        ),
        call(
          'search_trains',
          { from: 'Frankfurt', to: 'Hamburg', day: '2027-02-07' },
          '[{"id":"T88","departs":"16:22","price":44.9}]',
        ),
        call(
          'search_hotels',
          { city: 'Frankfurt', near: 'Messe', nights: 2 },
          '[{"id":"H12","name":"Hotel am Westend","price":128},{"id":"H15","name":"Messehof","price":151}]',
        ),
        call('get_hotel', { id: 'H12' }, '{"name":"Hotel am Westend","walk_minutes":9,"breakfast":true}'),
        call('check_calendar', { from: '2027-02-05', to: '2027-02-07' }, 'no conflicts'),
        call('book_train', { id: 'T71', traveller: 'priya.raman@alderfinch.example' }, 'booked'),
        call('book_train', { id: 'T88', traveller: 'priya.raman@alderfinch.example' }, 'booked'),
        call('hold_hotel', { id: 'H12', nights: 2 }, 'held until Monday'),
        call('create_calendar_event', { title: 'Ambiente fair', from: '2027-02-05', to: '2027-02-07' }, 'created'),
      ],
      answer:
        'Both trains are booked (104.80 EUR), and Hotel am Westend is held for two nights at 128 EUR, nine minutes from the fair.',
    },
  ],
};
