/** The CodeMirror theme. Its colours are Jupyter's theme variables, light or dark as the page. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const surface = EditorView.theme({
  '&': {
    color: 'var(--jp-content-font-color1)',
    backgroundColor: 'var(--jp-layout-color0)',
    fontSize: 'var(--arena-code-size)'
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--jp-code-font-family)',
    lineHeight: '1.5',
    overflow: 'auto'
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--jp-editor-cursor-color)' },
  '.cm-line': { padding: '0 12px 0 8px' },
  '.cm-gutters': {
    color: 'var(--arena-muted)',
    backgroundColor: 'var(--jp-layout-color0)',
    border: 'none'
  },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 6px 0 12px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--arena-active-line)' },
  '.cm-activeLineGutter': { color: 'var(--jp-ui-font-color1)' },
  '.cm-cursor, .cm-dropCursor': {
    borderLeft: '2px solid var(--jp-editor-cursor-color)'
  },
  '.cm-selectionBackground': { background: 'var(--jp-editor-selected-background)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    background: 'var(--jp-editor-selected-focused-background)'
  },
  '.cm-panels': { color: 'inherit', backgroundColor: 'transparent', borderColor: 'transparent' },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--arena-bracket)',
    outline: '1px solid var(--jp-border-color1)'
  },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent' }
});

const color = (name: string): string => `var(--jp-mirror-editor-${name}-color)`;

const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.self], color: color('keyword'), fontWeight: 'bold' },
  { tag: [tags.atom, tags.bool, tags.null], color: color('keyword'), fontWeight: 'bold' },
  { tag: tags.number, color: color('number') },
  { tag: [tags.string, tags.character], color: color('string') },
  { tag: [tags.regexp, tags.escape, tags.special(tags.string)], color: color('string-2') },
  { tag: tags.comment, color: color('comment'), fontStyle: 'italic' },
  { tag: tags.operator, color: color('operator') },
  {
    tag: [tags.definition(tags.variableName), tags.definition(tags.propertyName)],
    color: color('def')
  },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className], color: color('def') },
  { tag: [tags.standard(tags.variableName), tags.standard(tags.name)], color: color('builtin') },
  { tag: tags.propertyName, color: color('property') },
  { tag: tags.variableName, color: color('variable') },
  { tag: [tags.typeName, tags.namespace], color: color('variable-3') },
  { tag: tags.meta, color: color('meta') },
  { tag: tags.tagName, color: color('tag') },
  { tag: tags.attributeName, color: color('attribute') },
  { tag: tags.invalid, color: color('error') }
]);

export const editorTheme: Extension = [surface, syntaxHighlighting(highlighting)];
