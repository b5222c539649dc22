import { describe, expect, test } from 'vitest';
import { defang } from '../../../engine/alerts/destinations/defang.ts';
import { isBroken, judgeReceiver, newLane, nextTokenAt, refill } from '../../../engine/alerts/lane.ts';
import { isLike } from '../../../engine/alerts/routing/matcher.ts';
import { isWithin, nextWithin, weeklyHoursSchema } from '../../../engine/alerts/routing/weekly-hours.ts';

describe('a pattern', () => {
  test.each([
    ['leaked-secret', 'leaked-secret', true],
    ['leaked-secret', 'leaked', false],
    ['leaked-secret', 'leaked-*', true],
    ['leaked-secret', '*-secret', true],
    ['leaked-secret', 'l*k*t', true],
    ['leaked-secret', 'l*x*t', false],
    ['ab', 'ab*b', false],
    ['abb', 'ab*b', true],
    ['anything', '*', true],
    ['', '*', true],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
  ])('%j is like %j: %s', (value, pattern, expected) => expect(isLike(value, pattern)).toBe(expected));

  test('made to be slow is not', () => {
    const started = performance.now();
    expect(isLike('a'.repeat(100_000), `${'a*'.repeat(90)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('weekly hours', () => {
  const office = weeklyHoursSchema.parse({
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    from: '08:00',
    to: '18:00',
    timezone: 'Europe/Zurich',
  });
  const night = weeklyHoursSchema.parse({ days: ['sun'], from: '22:00', to: '06:00', timezone: 'UTC' });
  const at = (text: string) => Date.parse(text);

  test.each([
    ['begin with their first minute', office, '2026-11-20T07:00:00Z', true],
    ['end before their last', office, '2026-11-20T17:00:00Z', false],
    ['are of the zone, in summer too', office, '2026-07-20T06:00:00Z', true],
    ['leave out other days', office, '2026-11-21T10:00:00Z', false],
    ['reach into the next day', night, '2026-11-23T05:59:00Z', true],
    ['over the end of the week', night, '2026-11-23T06:00:00Z', false],
  ])('%s', (_, hours, moment, expected) => expect(isWithin(hours, at(moment))).toBe(expected));

  test.each([
    ['at once when within', office, '2026-11-20T10:00:30Z', '2026-11-20T10:00:30Z'],
    ['the next morning', office, '2026-11-19T20:00:00Z', '2026-11-20T07:00:00Z'],
    ['after the weekend', office, '2026-11-20T20:10:20Z', '2026-11-23T07:00:00Z'],
    ['when the clocks go back in between', office, '2026-10-23T20:00:00Z', '2026-10-26T07:00:00Z'],
    ['when the clocks go forward in between', office, '2026-03-27T20:00:00Z', '2026-03-30T06:00:00Z'],
    ['a week later', night, '2026-11-23T06:00:00Z', '2026-11-29T22:00:00Z'],
  ])('next begin %s', (_, hours, moment, expected) =>
    expect(new Date(nextWithin(hours, at(moment))).toISOString()).toBe(new Date(expected).toISOString()),
  );
});

describe('a lane', () => {
  test('breaks after five failures in a row and rests longer each time, up to five minutes', () => {
    const lane = newLane();
    const rests = Array.from({ length: 14 }, () => {
      judgeReceiver(lane, 500, true, 0, 0);
      return lane.pausedUntil;
    });
    expect(rests.slice(0, 8)).toEqual([0, 0, 0, 0, 5_000, 10_000, 20_000, 40_000]);
    expect(rests.at(-1)).toBe(300_000);
    expect(isBroken(lane)).toBe(true);
    judgeReceiver(lane, 200, false, 0, 0);
    expect(isBroken(lane)).toBe(false);
  });

  test('does not hold a message against its receiver', () => {
    const lane = newLane();
    for (let n = 0; n < 10; n++) judgeReceiver(lane, 400, true, 0, 0);
    expect(isBroken(lane)).toBe(false);
  });

  test('fills up by the minute and never beyond one', () => {
    const lane = newLane();
    refill(lane, 30, 1_000);
    expect(lane.tokens).toBe(30);
    lane.tokens = 0;
    expect(nextTokenAt(lane, 30, 1_000)).toBe(3_000);
    refill(lane, 30, 3_000);
    expect(lane.tokens).toBe(1);
    refill(lane, 30, 3_600_000);
    expect(lane.tokens).toBe(30);
  });
});

describe('defanged text', () => {
  test.each([
    ['https://evil.example/x?y=z', 'https[:]//evil[.]example/x?y=z'],
    ['see www.evil.example', 'see www[.]evil[.]example'],
    ['evil.example', 'evil[.]example'],
    ['mailto:a@evil.example', 'mailto[:]a@evil[.]example'],
    ['JavaScript:alert(1)', 'JavaScript[:]alert(1)'],
    ['http://10.0.0.1/', 'http[:]//10[.]0[.]0[.]1/'],
    ['gpt-4.1 took 1.5 s. Then it stopped', 'gpt-4.1 took 1.5 s. Then it stopped'],
    ['пример.рф', 'пример[.]рф'],
    ['line\r\nBcc: x', 'line Bcc: x'],
  ])('%j is %j', (text, expected) => expect(defang(text, 200)).toBe(expected));
});
