/** Drawn by us on a field of 24 by 24, as lines. */
const paths = {
  microphone: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6',
  'microphone-off':
    'M4 4l16 16M9 9v2a3 3 0 0 0 4.5 2.6M15 11V6a3 3 0 0 0-5.7-1.3M6 11a6 6 0 0 0 9.3 5M18 11a6 6 0 0 1-.5 2.4M12 17v4M9 21h6',
  camera: 'M4 7h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1zM15 11l6-3v8l-6-3',
  'camera-off':
    'M4 4l16 16M10 7h3a2 2 0 0 1 2 2v3M15 13l6 3V8l-5 2.5M14.5 16.5A2 2 0 0 1 13 17H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h2',
  screen: 'M4 5h16v11H4zM9 20h6M12 16v4M12 13V8M9.5 10.5 12 8l2.5 2.5',
  chat: 'M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-4 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z',
  people:
    'M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.5 19a5.5 5.5 0 0 1 11 0M16 5.5a3 3 0 0 1 0 5.3M17.5 14a5.5 5.5 0 0 1 3 5',
  vitals: 'M3 12h4l2-5 4 10 2-5h6',
  more: 'M5 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM12 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM19 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2z',
  leave: 'M3.5 15.5c-1-2.5.5-4.5 3-5.7a13 13 0 0 1 11 0c2.5 1.2 4 3.2 3 5.7l-4-1v-2.5a10 10 0 0 0-9 0v2.5z',
  close: 'M6 6l12 12M18 6L6 18',
  good: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M12 7v6M12 17h.01',
  speaker: 'M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  network: 'M4 9.5a12 12 0 0 1 16 0M7 13a7.5 7.5 0 0 1 10 0M10 16.5a3 3 0 0 1 4 0M12 20h.01',
  shield: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2.2 2.2L15.5 10',
  phone: 'M6 4h3l1.5 4.5L8.5 10a11 11 0 0 0 5.5 5.5l1.5-2L20 15v3a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z',
} as const;

export type IconName = keyof typeof paths;

const ns = 'http://www.w3.org/2000/svg';

/** A picture beside a word, which it repeats. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(ns, 'svg');
  const path = document.createElementNS(ns, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}

export function setIcon(svg: SVGSVGElement, name: IconName): void {
  const path = svg.firstElementChild;
  if (path?.getAttribute('d') !== paths[name]) path?.setAttribute('d', paths[name]);
}
