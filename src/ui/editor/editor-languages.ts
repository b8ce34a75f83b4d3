/** The table of the editor's languages: one entry for each language. */
import type { Extension } from '@codemirror/state';

import type { Language } from '../../protocol/wire';
import { whenIdle } from '../common/when-idle';

/** How a language is edited. */
interface EditorLanguage {
  /** The text that Tab inserts. */
  indent: string;
  /** Loads the parser, a large module of its own, when the page has nothing more urgent to do. */
  support: () => Promise<Extension>;
}

const typescript = async (): Promise<Extension> => {
  await whenIdle();
  return (await import('./language-javascript')).typescriptLanguage;
};

export const EDITOR_LANGUAGES: Readonly<Record<Language, EditorLanguage>> = {
  javascript: { indent: '  ', support: typescript },
  typescript: { indent: '  ', support: typescript },
  python: {
    indent: '    ',
    support: async () => {
      await whenIdle();
      return (await import('./language-python')).pythonLanguage;
    }
  },
  sql: {
    indent: '  ',
    support: async () => {
      await whenIdle();
      return (await import('./language-sql')).SQLite.language;
    }
  }
};
