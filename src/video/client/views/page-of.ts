import type { VisitPage } from '../../pages/visit-page.ts';
import type { Server } from './server.ts';

/** What each view stands on. */
export type Of = {
  page: VisitPage;
  server: Server;
  /** Says something to who has the page read aloud, and shows nothing. */
  announce: (text: string) => void;
};

/** A part of the page: what is shown, and how it is told that it goes away. */
export type View = { node: HTMLElement; close: () => void };

/** Where something happens again and again until the view is gone. @param ms between */
export function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  run();
  return () => clearInterval(timer);
}
