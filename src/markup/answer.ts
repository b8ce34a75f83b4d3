/** The answer of the markup worker to one request. */
import type { MarkupAnswer, MarkupRequest } from './messages';
import { renderFormula, renderHtml, renderMarkdown } from './output';
import { renderQuestion } from './question';

const RENDER = {
  question: renderQuestion,
  markdown: renderMarkdown,
  formula: renderFormula,
  html: renderHtml
};

/** Render the text; `refused` if the result is beyond its limits, or if the parser fails. */
export function answer({ kind, text }: MarkupRequest): MarkupAnswer {
  try {
    return { kind: 'result', result: RENDER[kind](text) };
  } catch {
    return { kind: 'refused' };
  }
}
