const byId = (id) => document.getElementById(id);
const say = (text) => {
  byId('state').textContent = text;
};

const day = (at) => new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short' });

function element(name, attributes, text = '') {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

/** @param points of `at` in ms and `rate` in beats a minute, oldest first */
function draw(points) {
  const times = points.map(({ at }) => at);
  const rates = points.map(({ rate }) => rate);
  const [first, last] = [times[0], times.at(-1)];
  const [low, high] = [Math.floor(Math.min(...rates) / 10) * 10, Math.ceil(Math.max(...rates) / 10) * 10];
  const x = (at) => 44 + (580 * (at - first)) / Math.max(1, last - first);
  const y = (rate) => 220 - (200 * (rate - low)) / Math.max(1, high - low);
  const chart = byId('chart');
  for (let rate = low; rate <= high; rate += 10) {
    chart.append(element('line', { x1: 44, x2: 624, y1: y(rate), y2: y(rate), class: 'grid' }));
    chart.append(element('text', { x: 36, y: y(rate) + 4, class: 'label end' }, String(rate)));
  }
  chart.append(element('text', { x: 44, y: 248, class: 'label' }, day(first)));
  chart.append(element('text', { x: 624, y: 248, class: 'label end' }, day(last)));
  const line = points.map(({ at, rate }) => `${x(at).toFixed(1)},${y(rate).toFixed(1)}`).join(' ');
  chart.append(element('polyline', { points: line, class: 'line' }));
}

const nameOf = ({ name: [{ text, given = [], family }] }) => text ?? [...given, family].join(' ');

async function show() {
  const client = await FHIR.oauth2.ready();
  const patient = await client.patient.read();
  byId('patient').textContent = nameOf(patient);
  document.body.dataset.user = client.user.fhirUser ?? '';
  document.body.dataset.encounter = client.encounter.id ?? '';
  const query = 'Observation?code=http://loinc.org|8867-4&_sort=-date&_count=200';
  const found = await client.patient.request(query, { pageLimit: 1, flat: true });
  const points = found
    .map(({ effectiveDateTime, valueQuantity }) => ({ at: Date.parse(effectiveDateTime), rate: valueQuantity.value }))
    .reverse();
  if (points.length === 0) return say('No heart rates are recorded yet.');
  draw(points);
  say(
    `The last ${points.length} measurements of the heart rate, in beats a minute; the newest is ${points.at(-1).rate}.`,
  );
}

// Opened by itself, it offers to begin; sent back by the server, it has a code.
if (new URLSearchParams(location.search).has('code') || sessionStorage.getItem('SMART_KEY')) {
  show().catch((error) => say(`Something went wrong. ${error.message}`));
} else {
  say('See how your heart has been beating. Your record stays where it is; you choose what this app may read.');
  byId('start').href = `launch.html${location.search || '?iss=http://127.0.0.1:8103/fhir/R4'}`;
  byId('start').hidden = false;
}
