const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
      timeZoneName: 'longOffset',
    });
    formats.set(zone, format);
  }
  return format;
}

/** Whether it names a time zone of the IANA database: `America/Toronto`. */
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

type Local = { date: string; time: string; offset: string };

/** What clocks and calendars of a zone show at an instant. */
function localOf(at: number, zone: string): Local {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  const [, offset = '+00:00'] = /([+-]\d\d:\d\d)/.exec(part('timeZoneName')) ?? [];
  return {
    date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}:${part('second')}`,
    offset,
  };
}

/** An instant as FHIR writes it, with the offset that the zone has at that instant: `2026-03-08T09:00:00-04:00`. */
export function inZone(at: number, zone: string): string {
  const { date, time, offset } = localOf(at, zone);
  return `${date}T${time}${offset}`;
}
