/** An XML element as plain data. Attribute order and child order are kept. */
export type XmlElement = {
  readonly kind: 'element';
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
};

export type XmlNode =
  | XmlElement
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string };
