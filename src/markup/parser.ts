/** The parser of Markdown, with a limit of the memory that a table takes. */
import { Marked } from 'marked';

import { MAX_PIECES } from './messages';

/** The parser throws `Error` for text with a very large table. */
export const parser = new Marked({
  tokenizer: {
    /** Each row gets as many cells as the head has: 32 KB of text can have millions. */
    table(src) {
      const [, head = '', , rows = ''] = this.rules.block.table.exec(src) ?? [];
      if (head.split('|').length * rows.split('\n').length > 2 * MAX_PIECES) {
        throw new Error('The table has too many cells');
      }
      return false;
    }
  }
});
