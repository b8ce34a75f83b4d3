/** The parser of Python, without the completions of its package, which nobody sees. */
export { pythonLanguage } from '@codemirror/lang-python';
