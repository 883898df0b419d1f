import type { Code } from '../shapes.ts';
import type { DeviceKind } from './families.ts';

/** Makers and models are invented; types are ISO/IEEE 11073 (MDC_DEV_SPEC_PROFILE_…). */
export const devices: Readonly<Record<DeviceKind, { name: string; manufacturer: string; model: string; type: Code }>> =
  {
    watch: {
      name: 'Wrist watch',
      manufacturer: 'Tidewell',
      model: 'TW-3',
      type: ['528424', 'MDC_DEV_SPEC_PROFILE_HF_CARDIO'],
    },
    cuff: {
      name: 'Blood pressure cuff',
      manufacturer: 'Corda',
      model: 'CBP-12',
      type: ['528391', 'MDC_DEV_SPEC_PROFILE_BP'],
    },
    scale: {
      name: 'Bathroom scale',
      manufacturer: 'Plumb',
      model: 'PS-7',
      type: ['528399', 'MDC_DEV_SPEC_PROFILE_SCALE'],
    },
    glucometer: {
      name: 'Glucose meter',
      manufacturer: 'Corda',
      model: 'CGM-2',
      type: ['528401', 'MDC_DEV_SPEC_PROFILE_GLUCOSE'],
    },
  };
