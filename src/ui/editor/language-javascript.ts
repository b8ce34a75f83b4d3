/** The parser of JavaScript and TypeScript, without the completions of its package, which nobody sees. */
export { typescriptLanguage } from '@codemirror/lang-javascript';
