/** The table of the editor's languages: one entry for each language. */
import type { Extension } from '@codemirror/state';

import type { Language } from '../../protocol/wire';

/** How a language is edited. */
interface EditorLanguage {
  /** The text that Tab inserts. */
  indent: string;
  /** Loads the parser, which is a large module of its own. */
  support: () => Promise<Extension>;
}

const typescript = async (): Promise<Extension> =>
  (await import('@codemirror/lang-javascript')).javascript({ typescript: true });

export const EDITOR_LANGUAGES: Readonly<Record<Language, EditorLanguage>> = {
  javascript: { indent: '  ', support: typescript },
  typescript: { indent: '  ', support: typescript },
  python: {
    indent: '    ',
    support: async () => (await import('@codemirror/lang-python')).python()
  },
  sql: {
    indent: '  ',
    support: async () => {
      const { sql, SQLite } = await import('@codemirror/lang-sql');
      return sql({ dialect: SQLite, upperCaseKeywords: true });
    }
  }
};
