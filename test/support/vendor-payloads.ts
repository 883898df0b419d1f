import { fitbit } from '../../src/devices/formats/fitbit.ts';
import type { Format } from '../../src/devices/formats/format.ts';
import { garmin } from '../../src/devices/formats/garmin.ts';
import { googleHealth } from '../../src/devices/formats/google-health.ts';
import { oura } from '../../src/devices/formats/oura.ts';
import type { Reading } from '../../src/devices/reading.ts';

/** A night as Oura has it. */
export const night = {
  id: 'night-1',
  bedtime_start: '2026-05-31T23:10:00.000+02:00',
  bedtime_end: '2026-06-01T07:10:00.000+02:00',
  total_sleep_duration: 25_200,
  deep_sleep_duration: 5400,
  light_sleep_duration: 14_400,
  rem_sleep_duration: 5400,
  average_breath: 14.25,
  heart_rate: { interval: 300, items: [52, null, 54], timestamp: '2026-05-31T23:10:00.000+02:00' },
  hrv: { interval: 300, items: [41, null, 45], timestamp: '2026-05-31T23:10:00.000+02:00' },
};

const at = (text: string, zone: number) => ({ at: Date.parse(text), zone });

/** What vendors send, and the readings that it is. Fitbit's times are of a place two hours ahead of Greenwich. */
export const vendorPayloads: [string, Format, unknown, Partial<Reading>[]][] = [
  [
    'a night of Oura, whose variability is the RMSSD',
    oura,
    { sleep: [night] },
    [
      {
        ...{ path: 'sleep[0].total_sleep_duration', measure: 'sleep-duration', value: { value: 25_200, unit: 's' } },
        ...{ start: at('2026-05-31T23:10:00+02:00', 120), duration: 28_800_000 },
        components: {
          'rem-sleep': { value: 5400, unit: 's' },
          'deep-sleep': { value: 5400, unit: 's' },
          'light-sleep': { value: 14_400, unit: 's' },
        },
      },
      { measure: 'respiratory-rate', value: { value: 14.25, unit: '/min' } },
      { measure: 'hrv-rmssd', start: at('2026-05-31T23:10:00+02:00', 120), value: { value: 41, unit: 'ms' } },
      { measure: 'hrv-rmssd', path: 'sleep[0].hrv.items[2]', start: at('2026-05-31T23:20:00+02:00', 120) },
    ],
  ],
  [
    'the day of Oura, which begins at four',
    oura,
    {
      daily_activity: [
        { id: 'd', day: '2026-05-31', timestamp: '2026-05-31T04:00:00+02:00', steps: 8000, total_calories: 2400 },
      ],
      daily_spo2: [{ id: 's', day: '2026-05-31', spo2_percentage: { average: 97.5 } }],
      heartrate: [{ bpm: 61, source: 'awake', timestamp: '2026-05-31T10:00:00+00:00' }],
    },
    [
      {
        ...{ measure: 'steps-per-24-h', value: { value: 8000, unit: '/d' } },
        ...{ start: at('2026-05-31T04:00:00+02:00', 120), duration: 86_400_000 },
      },
      { measure: 'calories-per-24-h' },
      { measure: 'spo2', value: { value: 97.5, unit: '%' } },
      { measure: 'heart-rate', value: { value: 61, unit: '/min' } },
    ],
  ],
  [
    'a daily of Garmin, with its heart rates',
    garmin,
    {
      dailies: [
        {
          ...{
            summaryId: 'x-1',
            calendarDate: '2026-05-31',
            startTimeInSeconds: 1_780_178_400,
            durationInSeconds: 86_400,
          },
          ...{ startTimeOffsetInSeconds: 7200, steps: 9000, activeKilocalories: 500, bmrKilocalories: 1700 },
          ...{ restingHeartRateInBeatsPerMinute: 50, maxHeartRateInBeatsPerMinute: 150 },
          ...{ moderateIntensityDurationInSeconds: 600, timeOffsetHeartRateSamples: { 0: 60, 15: 62, 30: 0 } },
        },
      ],
    },
    [
      { measure: 'steps-per-24-h', start: { at: 1_780_178_400_000, zone: 120 }, duration: 86_400_000 },
      { measure: 'resting-heart-rate' },
      { measure: 'hr-max-in-24-h' },
      { measure: 'moderate-minutes', value: { value: 600, unit: 's' } },
      { measure: 'calories-per-24-h', value: { value: 2200, unit: 'kcal/d' } },
      { measure: 'heart-rate', start: { at: 1_780_178_400_000, zone: 120 }, duration: 0 },
      { measure: 'heart-rate', start: { at: 1_780_178_415_000, zone: 120 }, value: { value: 62, unit: '/min' } },
    ],
  ],
  [
    'a quarter of an hour of Garmin in two epochs, which is one',
    garmin,
    {
      epochs: [
        {
          summaryId: 'a',
          startTimeInSeconds: 1_780_178_400,
          durationInSeconds: 900,
          steps: 100,
          activityType: 'WALKING',
        },
        {
          summaryId: 'b',
          startTimeInSeconds: 1_780_178_400,
          durationInSeconds: 900,
          steps: 30,
          activityType: 'RUNNING',
        },
      ],
    },
    [{ measure: 'steps', value: { value: 130, unit: '{steps}' }, duration: 900_000 }],
  ],
  [
    'a blood pressure, a weight and an oxygen saturation of Garmin',
    garmin,
    {
      bloodPressures: [
        { summaryId: 'b', measurementTimeInSeconds: 1_780_178_400, systolic: 121, diastolic: 79, pulse: 66 },
      ],
      bodyComps: [{ summaryId: 'w', measurementTimeInSeconds: 1_780_178_400, weightInGrams: 75_450 }],
      pulseox: [{ summaryId: 'p', startTimeInSeconds: 1_780_178_400, timeOffsetSpo2Values: { 60: 96 } }],
    },
    [
      { measure: 'heart-rate' },
      { measure: 'blood-pressure', value: null },
      { measure: 'body-weight', value: { value: 75_450, unit: 'g' } },
      { measure: 'spo2', start: { at: 1_780_178_460_000, zone: 0 } },
    ],
  ],
  [
    'points of Google Health, whose whole numbers are texts',
    googleHealth,
    {
      dataPoints: [
        {
          ...{ name: 'users/me/dataTypes/heart-rate/dataPoints/1', dataSource: { platform: 'FITBIT' } },
          heartRate: {
            sampleTime: { physicalTime: '2026-05-31T09:00:00Z', utcOffset: '-18000s' },
            beatsPerMinute: '62',
          },
        },
        { steps: { interval: { startTime: '2026-05-31T09:00:00Z', endTime: '2026-05-31T09:01:00Z' }, count: '31' } },
        { weight: { sampleTime: { physicalTime: '2026-05-31T07:00:00Z' }, weightGrams: 82_400 } },
        { dailyRestingHeartRate: { date: { year: 2026, month: 5, day: 31 }, beatsPerMinute: '54' } },
        {
          exercise: {
            interval: { startTime: '2026-05-31T10:00:00Z', endTime: '2026-05-31T10:46:00Z' },
            ...{ exerciseType: 'RUNNING', activeDuration: '2705s' },
            metricsSummary: {
              caloriesKcal: 542,
              distanceMillimeters: '8046720',
              averageHeartRateBeatsPerMinute: '148',
            },
          },
        },
        {
          sleep: {
            interval: { startTime: '2026-05-30T22:00:00Z', endTime: '2026-05-31T06:00:00Z' },
            summary: { minutesAsleep: '450', stagesSummary: [{ type: 'DEEP', minutes: '80' }] },
          },
        },
      ],
    },
    [
      { measure: 'heart-rate', start: at('2026-05-31T09:00:00Z', -300), value: { value: 62, unit: '/min' } },
      { measure: 'steps', duration: 60_000, value: { value: 31, unit: '{steps}' } },
      { measure: 'body-weight', value: { value: 82_400, unit: 'g' } },
      { measure: 'resting-heart-rate', duration: 86_400_000 },
      {
        ...{ measure: 'exercise-session-type', value: { code: 'LA11836-6' } },
        components: {
          'exercise-duration': { value: 2705, unit: 's' },
          'calories-in-exercise': { value: 542, unit: 'kcal' },
          'exercise-hr-mean': { value: 148, unit: '/min' },
          'walking-running-distance': { value: 8046.72, unit: 'm' },
        },
      },
      { measure: 'sleep-duration', components: { 'deep-sleep': { value: 80, unit: 'min' } } },
    ],
  ],
  [
    'a day of Fitbit, and its oxygen, breathing and variability',
    fitbit,
    {
      ...{
        date: '2026-05-31',
        activities: [],
        summary: { caloriesOut: 2400, fairlyActiveMinutes: 20, veryActiveMinutes: 10 },
      },
      ...{ dateTime: '2026-05-31', minutes: [{ value: 96.5, minute: '2026-05-31T03:12:00' }] },
      br: [{ dateTime: '2026-05-31', value: { breathingRate: 15.2 } }],
      hrv: [{ dateTime: '2026-05-31', value: { dailyRmssd: 34.9, deepRmssd: 31.5 } }],
    },
    [
      { measure: 'calories-per-24-h', duration: 86_400_000, start: { at: Date.UTC(2026, 4, 30, 22), zone: 120 } },
      { measure: 'moderate-minutes' },
      { measure: 'vigorous-minutes' },
      { measure: 'spo2', start: { at: Date.UTC(2026, 4, 31, 1, 12), zone: 120 } },
      { measure: 'respiratory-rate' },
      { measure: 'hrv-rmssd', value: { value: 34.9, unit: 'ms' } },
    ],
  ],
];
