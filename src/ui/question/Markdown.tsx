/**
 * Untrusted Markdown as React elements; HTML from the parser is never used. HTML in the text is shown
 * as text. Links have the schemes http, https and mailto, and send no referrer. Images are shown only
 * if their data is in the text. The caller makes sure that the text does not block the parser.
 */
import { Lexer } from 'marked';
import type { MarkedToken, Token, Tokens } from 'marked';
import { Fragment, useState } from 'react';
import type { JSX, ReactNode } from 'react';

import { copyText } from '../common/clipboard';

/** The most levels of nested blocks; deeper blocks are shown as source text. */
const MAX_DEPTH = 12;
const SCHEMES = new Set(['http:', 'https:', 'mailto:']);
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/;

export function Markdown({ text }: { text: string }): JSX.Element {
  return <div className="arena-markdown">{rendered(text)}</div>;
}

function rendered(text: string): ReactNode {
  try {
    return blocks(new Lexer().lex(text), 0);
  } catch (error) {
    console.warn('The question is shown as plain text:', error);
    return <pre>{text}</pre>;
  }
}

function blocks(tokens: readonly Token[] | undefined, depth: number): ReactNode {
  return tokens?.map((token, index) => <Fragment key={index}>{element(token, depth)}</Fragment>);
}

/** One token. The parser's type `Token` includes generic tokens; `type` tells which kind it is. */
function element(generic: Token, depth: number): ReactNode {
  if (depth > MAX_DEPTH) {
    return generic.raw;
  }
  const token = generic as MarkedToken;
  const inner = (tokens: readonly Token[] | undefined): ReactNode => blocks(tokens, depth + 1);
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading': {
      // Headings of the room are h2 and above.
      const Level = (['h3', 'h4', 'h5'] as const)[token.depth - 1] ?? 'h6';
      return <Level>{inner(token.tokens)}</Level>;
    }
    case 'paragraph':
      return <p>{inner(token.tokens)}</p>;
    case 'blockquote':
      return <blockquote>{inner(token.tokens)}</blockquote>;
    case 'code':
      return <Code text={token.text} />;
    case 'hr':
      return <hr />;
    case 'list':
      return <List list={token} depth={depth} />;
    case 'table':
      return <Grid table={token} depth={depth} />;
    case 'strong':
      return <strong>{inner(token.tokens)}</strong>;
    case 'em':
      return <em>{inner(token.tokens)}</em>;
    case 'del':
      return <del>{inner(token.tokens)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return <Link href={token.href}>{inner(token.tokens)}</Link>;
    case 'image':
      return <Picture href={token.href} alt={token.text} />;
    case 'text':
      return 'tokens' in token ? inner(token.tokens) : decoded(token.text);
    case 'escape':
      return token.text;
    default:
      // Mostly HTML.
      return generic.raw;
  }
}

function List({ list, depth }: { list: Tokens.List; depth: number }): JSX.Element {
  const items = list.items.map((item, index) => (
    <li key={index}>
      {item.task && <input type="checkbox" disabled checked={item.checked === true} />}
      {blocks(
        item.tokens.filter(token => token.type !== 'checkbox'),
        depth + 1
      )}
    </li>
  ));
  const start = typeof list.start === 'number' ? list.start : 1;
  return list.ordered ? <ol start={start}>{items}</ol> : <ul>{items}</ul>;
}

function Grid({ table, depth }: { table: Tokens.Table; depth: number }): JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          {table.header.map((cell, index) => (
            <th key={index}>{blocks(cell.tokens, depth + 1)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, at) => (
          <tr key={at}>
            {row.map((cell, index) => (
              <td key={index}>{blocks(cell.tokens, depth + 1)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A link with an allowed scheme; only its text for other schemes. */
function Link({ href, children }: { href: string; children: ReactNode }): JSX.Element {
  const url = URL.parse(decoded(href));
  if (!url || !SCHEMES.has(url.protocol)) {
    return <>{children}</>;
  }
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

/** An image whose data is in the text; a link for any other image, which would need a request. */
function Picture({ href, alt }: { href: string; alt: string }): JSX.Element {
  return PICTURE.test(href) ? (
    <img src={href} alt={alt} />
  ) : (
    <Link href={href}>{alt === '' ? 'Picture' : alt}</Link>
  );
}

function Code({ text }: { text: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  return (
    <div className="arena-markdown-code">
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <button
        type="button"
        className="arena-button"
        aria-label={copied ? 'Code copied' : 'Copy code'}
        onBlur={() => setCopied(false)}
        onClick={() => void copyText(text).then(setCopied)}
      >
        {copied ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}

/** Text with its HTML entities decoded, each on its own, so that they cannot form a tag. */
function decoded(text: string): string {
  return text.replace(
    /&(?:#\d{1,7}|#[xX][\dA-Fa-f]{1,6}|[A-Za-z]\w{1,31});/g,
    entity => new DOMParser().parseFromString(entity, 'text/html').body.textContent || entity
  );
}
