import { button, h, say, show } from './dom.ts';
import { hostWords } from './host-words.ts';
import type { Of } from './page-of.ts';
import { roomWords } from './room-words.ts';

type Parameter = { name: string; valueString?: string; valueUrl?: string };

/** The form by which somebody without an account here is invited; a patient brings a companion and nobody else. */
export function inviting({ page, server, announce }: Of): HTMLElement {
  const words = hostWords[page.language];
  const { roles } = roomWords[page.language];
  const may = page.as === 'host' ? (['interpreter', 'companion', 'guest'] as const) : (['companion'] as const);
  const name = h('input', { attributes: { id: 'invite-name', maxlength: 80, autocomplete: 'off' } });
  const role = h(
    'select',
    { attributes: { id: 'invite-role' } },
    ...may.map((one) => h('option', { text: roles[one], attributes: { value: one } })),
  );
  const problem = h('p', { class: 'problem', attributes: { role: 'alert', hidden: true } });
  const made = h('div', { class: 'made' });

  function fail(text: string): void {
    say(problem, text || words.failed);
    show(problem, true);
  }

  function linkOf(called: string, link: string, id: string): HTMLElement {
    const input = h('input', {
      class: 'link-text',
      attributes: { readonly: true, value: link, 'aria-label': words.inviteLink(called) },
    });
    const copy = button(
      words.copy,
      async () => {
        input.select();
        await navigator.clipboard?.writeText(link).catch(() => {});
        say(copy, words.copied);
        announce(words.copied);
      },
      'quiet small',
    );
    const back = button(
      words.inviteRevoke,
      async () => {
        const answer = await server.operate('video-invite', [{ name: 'revoke', valueString: id }]).catch(() => null);
        if (!answer?.ok) return fail(answer?.text ?? '');
        card.replaceChildren(h('p', { text: words.inviteRevoked, attributes: { role: 'status' } }));
      },
      'danger small',
    );
    const card = h(
      'div',
      { class: 'card' },
      h('b', { text: words.inviteLink(called) }),
      input,
      h('p', { class: 'quiet small-text', text: words.inviteOnce }),
      h('p', { class: 'row' }, copy, page.as === 'host' ? back : null),
    );
    return card;
  }

  async function make(): Promise<void> {
    const called = name.value.trim();
    if (called === '') return name.focus();
    const answer = await server
      .operate('video-invite', [
        { name: 'name', valueString: called },
        { name: 'role', valueCode: role.value },
      ])
      .catch(() => null);
    if (!answer?.ok) return fail(answer?.text ?? '');
    show(problem, false);
    const parameters = answer.resource.parameter as Parameter[]; // a Parameters resource of ours
    const value = (one: string): string => {
      const found = parameters.find((parameter) => parameter.name === one);
      return found?.valueUrl ?? found?.valueString ?? '';
    };
    made.prepend(linkOf(called, value('link'), value('id')));
    made.querySelector('input')?.focus();
    name.value = '';
  }

  return h(
    'details',
    { class: 'invite' },
    h('summary', { text: words.invite }),
    h('p', { class: 'quiet small-text', text: words.inviteText }),
    h(
      'form',
      {
        on: {
          submit(event) {
            event.preventDefault();
            void make();
          },
        },
      },
      problem,
      h('div', { class: 'field' }, h('label', { text: words.inviteName, attributes: { for: 'invite-name' } }), name),
      h('div', { class: 'field' }, h('label', { text: words.inviteRole, attributes: { for: 'invite-role' } }), role),
      h('button', { class: 'button quiet', text: words.inviteMake, attributes: { type: 'submit' } }),
    ),
    made,
  );
}
