import { pageAnswer } from '../../pages/page.ts';
import type { SmartContext } from '../context.ts';
import type { Answer, SmartRequest, Step } from '../endpoint.ts';
import { stalePage } from '../pages/dead-ends.ts';
import { checkCsrf } from './sessions.ts';

/**
 * That a form came from a page that this browser was given; else a page that says to start again.
 *
 * @param back path of this server where that is
 */
export async function freshForm(context: SmartContext, request: SmartRequest, back: string): Promise<Step<null>> {
  if (checkCsrf(context, request)) return { ok: true, value: null };
  const answer: Answer = await pageAnswer(stalePage(request.language, back), { status: 403 });
  return { ok: false, answer };
}
