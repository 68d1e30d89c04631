/** A filter as a tree. */
import type { KnownField } from '../dissect/layers/registry.ts';

/** A field, of which the mask may take some bits ("tcp.flags & 2"), or all bytes of a protocol. */
export type Operand =
  | { readonly kind: 'field'; readonly name: string; readonly field: KnownField; readonly mask: number | undefined }
  | { readonly kind: 'protocol'; readonly name: string };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** What a field is compared with, before anybody knows what it means for this field. */
export interface Literal {
  readonly text: string;
  readonly isQuoted: boolean;
  readonly column: number;
}

/** One of a set: a value, or all from the first to the last. */
export interface Member {
  readonly first: Literal;
  readonly last: Literal | undefined;
}

export type Expression =
  | { readonly kind: 'all' }
  | { readonly kind: 'not'; readonly inner: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  /** It is there; with a mask: one of these bits is set. */
  | { readonly kind: 'exists'; readonly operand: Operand }
  | { readonly kind: 'compare'; readonly operand: Operand; readonly comparison: Comparison; readonly with: Literal | Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly members: readonly Member[] }
  | { readonly kind: 'contains'; readonly operand: Operand; readonly part: Literal };
