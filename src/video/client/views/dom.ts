type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

type Props = {
  class?: string;
  /** Shown as text, whatever it is. */
  text?: string;
  attributes?: Attributes;
  on?: Readonly<Record<string, (event: Event) => void>>;
};

type Child = Node | string | null;

/** An element. What is false, null or undefined among its attributes is left out; true stands without a value. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: className, text, attributes = {}, on = {} }: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== undefined) element.className = className;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function setAttribute(element: Element, name: string, value: Attributes[string]): void {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

/** Sets a text where it is another, so that what reads the page aloud is not told of what stays. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export const show = (element: HTMLElement, shown: boolean): void => {
  if (element.hidden === shown) element.hidden = !shown;
};

/** What stands in it becomes these, unless they are there already. */
export function fill(element: Element, children: readonly Node[]): void {
  const same =
    element.childNodes.length === children.length && children.every((one, i) => element.childNodes[i] === one);
  if (!same) element.replaceChildren(...children);
}

/** A button that is pressed and does something; never sends a form. */
export const button = (text: string, press: () => void, look = 'main'): HTMLButtonElement =>
  h('button', { class: `button ${look}`, text, attributes: { type: 'button' }, on: { click: press } });

/** Shows a stream; takes it away with null. */
export function play(video: HTMLVideoElement, stream: MediaStream | null): void {
  if (video.srcObject === stream) return;
  video.srcObject = stream;
  // Rejects where the browser wants a touch first: then its picture stands until there is one.
  if (stream !== null) video.play().catch(() => {});
}

/** A picture of somebody; it says nothing that their name beside it does not. */
export const videoOf = (className: string, muted: boolean): HTMLVideoElement => {
  const video = h('video', {
    class: className,
    attributes: { playsinline: true, autoplay: true, 'aria-hidden': 'true' },
  });
  video.muted = muted;
  return video;
};
