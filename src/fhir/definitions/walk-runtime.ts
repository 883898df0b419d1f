/** `$` of the JavaScript that `walk` makes. */
export const walkRuntime = {
  and(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
    if (a === false || b === false) return false;
    return a === undefined || b === undefined ? undefined : true;
  },
  or(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
    if (a === true || b === true) return true;
    return a === undefined || b === undefined ? undefined : false;
  },
  not: (a: boolean | undefined): boolean | undefined => (a === undefined ? undefined : !a),
  single(values: readonly unknown[]): boolean | undefined {
    if (values.length !== 1) return undefined;
    return typeof values[0] === 'boolean' ? values[0] : true;
  },
  equal(a: readonly unknown[], b: readonly unknown[]): boolean | undefined {
    if (a.length === 0 || b.length === 0) return undefined;
    if (a.length !== b.length) return false;
    return a.every(
      (one, at) => one === b[at] || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(b[at])),
    );
  },
  /** Whether a Reference is to a resource of this type, as far as it says so itself; contained resources are looked up. */
  refersTo(reference: { type?: unknown; reference?: unknown }, type: string, root: { contained?: unknown }): boolean {
    const text = reference.reference;
    if (typeof text !== 'string') return reference.type === type;
    if (text.charCodeAt(0) === 35) {
      const id = text.slice(1);
      if (!Array.isArray(root.contained)) return false;
      return root.contained.some((one) => one?.id === id && one.resourceType === type);
    }
    const version = text.indexOf('/_history/');
    const slash = text.lastIndexOf('/', (version < 0 ? text.length : version) - 1);
    const begin = slash - type.length;
    if (begin < 0 || !text.startsWith(type, begin)) return reference.type === type;
    return begin === 0 || text.charCodeAt(begin - 1) === 47;
  },
};
