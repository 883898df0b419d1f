import type { FhirContext } from '../../fhir/context.ts';

/** Parts of the product that an employer has or has not. */
export const modules = ['aggregates', 'clearance', 'challenges', 'enrolment'] as const;

export type Module = (typeof modules)[number];

export const isModule = (text: string): text is Module => modules.some((one) => one === text);

/** What an operator may set, for each employer; the rest is as it is where nothing is said. */
export type ModuleSettings = {
  /** `aggregates`: the fewest people that a figure may stand for: a multiple of 5, 10 where it is not said. */
  k?: number;
  /** `enrolment`: what becomes of an element that is not on the list. */
  mode?: 'reject' | 'drop';
  /** `enrolment` and `clearance`: the system of the employee numbers. */
  employeeSystem?: string;
};

const employers = 'https://portico.dev/fhir/employer/';

/** The system of the employee numbers of an employer who has not named their own. */
export const defaultEmployeeSystem = (organization: string): string => `${employers}${organization}/employee`;

/** Whether a system is that of the numbers of some employer, or of those on the plans of its people. */
export async function employerNumbers({ database }: FhirContext, tenant: number): Promise<(system: string) => boolean> {
  const rows = await database.byKey.query(
    `select settings ->> 'employeeSystem' from party_module where tenant = $1 and settings ? 'employeeSystem'`,
    [tenant],
  );
  const named = rows.map(([system]) => String(system));
  return (system) =>
    system.startsWith(employers) || named.some((one) => system === one || system.startsWith(`${one}/`));
}

/** The settings of a module, or null where the employer does not have it. */
export async function moduleOf(
  { database }: FhirContext,
  tenant: number,
  organization: string,
  module: Module,
): Promise<ModuleSettings | null> {
  const [row] = await database.byKey.query(
    'select settings::text from party_module where tenant = $1 and organization = $2 and module = $3',
    [tenant, organization, module],
  );
  // Checked when it was set.
  return row ? (JSON.parse(String(row[0])) as ModuleSettings) : null;
}

/** Gives a module to an employer, or takes it away. */
export async function setModule(
  { database }: FhirContext,
  tenant: number,
  organization: string,
  module: Module,
  settings: ModuleSettings | null,
): Promise<void> {
  if (settings === null) {
    await database.byKey.query('delete from party_module where tenant = $1 and organization = $2 and module = $3', [
      tenant,
      organization,
      module,
    ]);
    return;
  }
  await database.byKey.query(
    `insert into party_module (tenant, organization, module, settings) values ($1, $2, $3, $4::jsonb)
     on conflict (tenant, organization, module) do update set settings = excluded.settings`,
    [tenant, organization, module, JSON.stringify(settings)],
  );
}
