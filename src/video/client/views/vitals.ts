import { h, say, setAttribute, show } from './dom.ts';
import type { Of } from './page-of.ts';
import { now } from './times.ts';
import { type Measured, observationsOf, type VitalName, vitals } from './vital-signs.ts';
import { vitalsWords } from './vitals-words.ts';

const order: readonly VitalName[] = ['systolic', 'diastolic', 'heartRate', 'oxygen', 'temperature', 'weight'];

/** `37,2` is a number as well. */
const numberOf = (text: string): number => Number(text.trim().replace(',', '.'));

function fieldOf(name: VitalName, label: string, range: string) {
  const id = `vital-${name}`;
  const problem = h('p', { class: 'problem', attributes: { id: `${id}-problem`, hidden: true } });
  const input = h('input', { attributes: { id, inputmode: 'decimal', autocomplete: 'off', maxlength: 6 } });
  const node = h('div', { class: 'field' }, h('label', { text: label, attributes: { for: id } }), problem, input);
  const fail = (text: string): void => {
    say(problem, text);
    show(problem, text !== '');
    setAttribute(node, 'class', text === '' ? 'field' : 'field wrong');
    setAttribute(input, 'aria-invalid', text !== '');
    setAttribute(input, 'aria-describedby', text === '' ? null : `${id}-problem`);
  };
  return {
    node,
    input,
    fail,
    /** undefined: nothing was written; null: it cannot be. */
    read(): number | undefined | null {
      const { low, high } = vitals[name];
      const value = numberOf(input.value);
      const written = input.value.trim() !== '';
      const good = !written || (Number.isFinite(value) && value >= low && value <= high);
      fail(good ? '' : range);
      return good ? (written ? value : undefined) : null;
    },
  };
}

/** What is measured in a visit, into the record. */
export function vitalsPanel({ page, server, announce }: Of): HTMLElement {
  const words = vitalsWords[page.language];
  const { format } = new Intl.NumberFormat(page.language);
  const fields = order.map((name) => {
    const { low, high } = vitals[name];
    return [name, fieldOf(name, words.names[name], words.range(format(low), format(high)))] as const;
  });
  const device = h('input', {
    attributes: { id: 'vital-device', maxlength: 100, list: 'vital-devices', 'aria-describedby': 'vital-device-hint' },
  });
  const done = h('p', { class: 'notice good', attributes: { role: 'status', hidden: true } });
  const problem = h('p', { class: 'problem', attributes: { role: 'alert', hidden: true } });
  const save = h('button', { class: 'button', text: words.save, attributes: { type: 'submit' } });

  function fail(text: string): void {
    say(problem, text);
    show(problem, text !== '');
  }

  /** null: something is wrong, and said. */
  function read(): Measured | null {
    const measured: Measured = {};
    let first: HTMLInputElement | null = null;
    for (const [name, field] of fields) {
      const value = field.read();
      if (value === null) first ??= field.input;
      else if (value !== undefined) measured[name] = value;
    }
    const { systolic, diastolic } = measured;
    const isPair = (systolic === undefined) === (diastolic === undefined) && (systolic ?? 1) > (diastolic ?? 0);
    if (first === null && !isPair) {
      const other = fields.find(([name]) => name === (systolic === undefined ? 'systolic' : 'diastolic'))?.[1];
      other?.fail(words.both);
      first = other?.input ?? null;
    }
    first?.focus();
    return first === null ? measured : null;
  }

  async function keep(): Promise<void> {
    show(done, false);
    fail('');
    const measured = read();
    if (measured === null || page.patient === null || server.encounter === null) return;
    if (Object.keys(measured).length === 0) return fail(words.nothing);
    const called = device.value.trim();
    const known = page.devices.find(({ name }) => name === called);
    const observations = observationsOf(measured, {
      patient: page.patient,
      encounter: server.encounter,
      performer: page.self,
      at: new Date(now()).toISOString(),
      device: called === '' ? null : known ? { reference: known.reference, display: called } : { display: called },
    });
    save.disabled = true;
    let kept = 0;
    for (const observation of observations) {
      const answer = await server.create(observation).catch(() => null);
      if (!answer?.ok) {
        fail(answer?.text || words.failed);
        break;
      }
      kept += 1;
      const names: readonly VitalName[] =
        'component' in observation
          ? ['systolic', 'diastolic']
          : order.filter((name) => vitals[name].codes[0]?.code === observation.code.coding[0]?.code);
      // What is kept is not kept again when the rest is tried once more.
      for (const [name, field] of fields) if (names.includes(name)) field.input.value = '';
    }
    save.disabled = false;
    say(done, kept === 0 ? '' : words.saved(kept));
    show(done, kept > 0);
    if (kept > 0) announce(words.saved(kept));
  }

  return h(
    'form',
    {
      class: 'vitals',
      attributes: { novalidate: true },
      on: {
        submit(event) {
          event.preventDefault();
          void keep();
        },
      },
    },
    h('p', { class: 'quiet small-text', text: words.lead }),
    done,
    problem,
    h('div', { class: 'vital-fields' }, ...fields.map(([, { node }]) => node)),
    h(
      'div',
      { class: 'field' },
      h('label', { text: words.device, attributes: { for: 'vital-device' } }),
      h('p', { class: 'hint', text: words.deviceHint, attributes: { id: 'vital-device-hint' } }),
      device,
      h(
        'datalist',
        { attributes: { id: 'vital-devices' } },
        ...page.devices.map(({ name }) => h('option', { attributes: { value: name } })),
      ),
    ),
    save,
  );
}
