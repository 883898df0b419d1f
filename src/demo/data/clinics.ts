import type { Code } from '../shapes.ts';

export type Clinic = {
  id: string;
  name: string;
  line: string;
  city: string;
  state: string;
  postalCode: string;
  phone: string;
  latitude: number;
  longitude: number;
};

/** Both are invented, in towns that are. 555-01xx numbers belong to nobody. */
export const clinics: readonly [Clinic, Clinic] = [
  {
    id: 'harbour-clinic',
    name: 'Harbour Street Clinic',
    line: '12 Harbour Street',
    city: 'Port Linden',
    state: 'VT',
    postalCode: '05999',
    phone: '+1-802-555-0110',
    latitude: 44.4759,
    longitude: -73.2121,
  },
  {
    id: 'northgate-clinic',
    name: 'Northgate Family Health',
    line: '480 Northgate Road',
    city: 'Wexley',
    state: 'VT',
    postalCode: '05998',
    phone: '+1-802-555-0120',
    latitude: 44.9378,
    longitude: -72.2054,
  },
];

export const employer = { id: 'ironleaf-foods', name: 'Ironleaf Foods Cooperative', phone: '+1-802-555-0130' };
export const carrier = { id: 'meadowlark-health', name: 'Meadowlark Health Plan', phone: '+1-802-555-0140' };
export const plan = { id: 'meadowlark-family-plus', name: 'Meadowlark Family Plus', group: 'IRONLEAF-01' };

export type DemoPractitioner = {
  id: string;
  prefix: string;
  given: string;
  family: string;
  gender: 'female' | 'male' | 'other';
  clinic: string;
  /** SNOMED CT. */
  role: Code;
  /** SNOMED CT. */
  specialty: Code;
  qualification: Code;
  /** BCP 47. */
  languages: readonly string[];
  /** Offers visits by video. */
  virtual: boolean;
};

const doctor: Code = ['158965000', 'Medical practitioner'];
const md: Code = ['MD', 'Doctor of Medicine'];
const generalPractice: Code = ['394814009', 'General practice'];
const harbour = 'harbour-clinic';
const northgate = 'northgate-clinic';

export const practitioners: readonly DemoPractitioner[] = [
  {
    id: 'dr-lena-marchetti',
    prefix: 'Dr.',
    given: 'Lena',
    family: 'Marchetti',
    gender: 'female',
    clinic: harbour,
    role: doctor,
    specialty: generalPractice,
    qualification: md,
    languages: ['en', 'it'],
    virtual: true,
  },
  {
    id: 'dr-josiah-abara',
    prefix: 'Dr.',
    given: 'Josiah',
    family: 'Abara',
    gender: 'male',
    clinic: northgate,
    role: doctor,
    specialty: generalPractice,
    qualification: md,
    languages: ['en', 'fr'],
    virtual: true,
  },
  {
    id: 'dr-colette-vaudreuil',
    prefix: 'Dr.',
    given: 'Colette',
    family: 'Vaudreuil',
    gender: 'female',
    clinic: harbour,
    role: doctor,
    specialty: ['394579002', 'Cardiology'],
    qualification: md,
    languages: ['fr', 'en'],
    virtual: false,
  },
  {
    id: 'dr-anand-velayu',
    prefix: 'Dr.',
    given: 'Anand',
    family: 'Velayu',
    gender: 'male',
    clinic: northgate,
    role: doctor,
    specialty: ['394583002', 'Endocrinology'],
    qualification: md,
    languages: ['en', 'ta'],
    virtual: true,
  },
  {
    id: 'dr-mei-castellane',
    prefix: 'Dr.',
    given: 'Mei',
    family: 'Castellane',
    gender: 'female',
    clinic: northgate,
    role: doctor,
    specialty: ['394537008', 'Pediatric specialty'],
    qualification: md,
    languages: ['en', 'zh'],
    virtual: true,
  },
  {
    id: 'dr-oskar-wintle',
    prefix: 'Dr.',
    given: 'Oskar',
    family: 'Wintle',
    gender: 'male',
    clinic: harbour,
    role: doctor,
    specialty: ['394587001', 'Psychiatry'],
    qualification: md,
    languages: ['en', 'de'],
    virtual: true,
  },
  {
    id: 'ruth-adeyinka-np',
    prefix: '',
    given: 'Ruth',
    family: 'Adeyinka',
    gender: 'female',
    clinic: harbour,
    role: ['224571005', 'Nurse practitioner'],
    specialty: generalPractice,
    qualification: ['NP', 'Nurse Practitioner'],
    languages: ['en', 'yo'],
    virtual: true,
  },
  {
    id: 'tobias-lindgren-rn',
    prefix: '',
    given: 'Tobias',
    family: 'Lindgren',
    gender: 'male',
    clinic: northgate,
    role: ['224535009', 'Registered nurse'],
    specialty: ['394802001', 'General medicine'],
    qualification: ['RN', 'Registered Nurse'],
    languages: ['en', 'sv'],
    virtual: false,
  },
];
