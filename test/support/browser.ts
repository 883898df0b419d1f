/** A control of a form that would be sent if nothing were touched. */
export type Field = { name: string; value: string; type: string; checked: boolean };
export type Form = {
  action: string;
  method: string;
  fields: Field[];
  buttons: { name: string; value: string; text: string }[];
};

export type Page = {
  url: string;
  status: number;
  headers: Headers;
  html: string;
  forms: Form[];
};

/** What is typed or chosen: a text, several boxes, or null for a box that is unticked. */
export type Filled = Record<string, string | readonly string[] | null>;

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
const unescaped = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name) => entities[name] ?? '');

function attributesOf(tag: string): Record<string, string> {
  const found = tag.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return Object.fromEntries(
    [...found].map(([, name = '', a, b, c]) => [name.toLowerCase(), unescaped(a ?? b ?? c ?? '')]),
  );
}

function formOf(opening: string, content: string, url: string): Form {
  const { action = url, method = 'get' } = attributesOf(opening.slice('<form'.length));
  const fields: Field[] = [];
  for (const [, tag = ''] of content.matchAll(/<input\b([^>]*)>/g)) {
    const { name, type = 'text', value, checked } = attributesOf(tag);
    if (!name || type === 'submit') continue;
    const isBox = type === 'checkbox' || type === 'radio';
    fields.push({ name, type, value: value ?? (isBox ? 'on' : ''), checked: !isBox || checked !== undefined });
  }
  for (const [, tag = '', inside = ''] of content.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
    const options = [...inside.matchAll(/<option\b([^>]*)>/g)].map(([, one = '']) => attributesOf(one));
    const chosen = options.find(({ selected }) => selected !== undefined) ?? options[0];
    fields.push({ name: attributesOf(tag).name ?? '', type: 'select', value: chosen?.value ?? '', checked: true });
  }
  for (const [, tag = '', text = ''] of content.matchAll(/<textarea\b([^>]*)>\n?([\s\S]*?)<\/textarea>/g)) {
    fields.push({ name: attributesOf(tag).name ?? '', type: 'textarea', value: unescaped(text), checked: true });
  }
  const buttons = [...content.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)]
    .map(([, tag = '', text = '']) => ({ ...attributesOf(tag), text: text.replaceAll(/<[^>]*>/g, '').trim() }))
    .map(({ name = '', value = '', text }: { name?: string; value?: string; text: string }) => ({ name, value, text }));
  return { action: new URL(action || url, url).href, method: method.toUpperCase(), fields, buttons };
}

const formsOf = (html: string, url: string): Form[] =>
  [...html.matchAll(/(<form\b[^>]*)>([\s\S]*?)<\/form>/g)].map(([, opening = '', content = '']) =>
    formOf(opening, content, url),
  );

export type Browser = {
  /** Opens an address as a link would; follows redirects within its origin and stops at one that leads elsewhere. */
  open(url: string): Promise<Page>;
  /** Sends a form as its button would. */
  submit(page: Page, form: Form, filled?: Filled, button?: { name: string; value: string }): Promise<Page>;
  cookies: Map<string, string>;
};

/** A browser without scripts, which knows one server: cookies, forms and redirects. */
export function openBrowser(origin: string): Browser {
  const cookies = new Map<string, string>();

  async function visit(url: string, init: RequestInit, left = 10): Promise<Page> {
    const headers = new Headers(init.headers);
    headers.set('accept', 'text/html');
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie) || value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    const html = await response.text();
    if (location === null)
      return { url, status: response.status, headers: response.headers, html, forms: formsOf(html, url) };
    const next = new URL(location, url);
    const elsewhere: Page = { url: next.href, status: response.status, headers: response.headers, html: '', forms: [] };
    if (next.origin !== origin || left === 0) return elsewhere;
    return visit(next.href, {}, left - 1);
  }

  return {
    cookies,
    open: (url) => visit(url, {}),
    submit(page, form, filled = {}, button) {
      const sent = new URLSearchParams();
      for (const { name, value, checked, type } of form.fields) {
        if (name in filled) continue;
        if (checked && type !== 'file') sent.append(name, value);
      }
      for (const [name, value] of Object.entries(filled)) {
        for (const one of value === null ? [] : [value].flat()) sent.append(name, String(one));
      }
      if (button?.name) sent.append(button.name, button.value);
      if (form.method === 'GET') return visit(`${form.action.split('?')[0]}?${sent}`, {});
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin, referer: page.url };
      return visit(form.action, { method: 'POST', headers, body: sent.toString() });
    },
  };
}
