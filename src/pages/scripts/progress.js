/** Looks again at what is being done, until it is; without it the page says that one can look again oneself. */

/** ms between two looks, and looks after which nobody waits any more. */
const EVERY = 3000;
const MOST = 200;

async function look(left) {
  const here = document.querySelector('[data-progress="open"]');
  if (here === null || left === 0) return;
  const answer = await fetch(location.href, { credentials: 'same-origin' }).catch(() => null);
  if (answer?.ok && !answer.redirected) {
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const there = page.querySelector('[data-progress]');
    // What somebody reads or is about to press stays where it is until something has changed.
    if (there !== null && there.dataset.progress !== 'open') {
      here.replaceWith(document.adoptNode(there));
      return;
    }
  }
  setTimeout(look, EVERY, left - 1);
}

setTimeout(look, EVERY, MOST);
