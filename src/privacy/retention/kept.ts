import type { Keep } from '../erase/erase-patient.ts';

export const keptByLaw: Keep = async () => [];
