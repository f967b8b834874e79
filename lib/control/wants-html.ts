/**
 * Whether a client asks for HTML, as browsers do for a page. Programs usually accept anything, without naming it.
 *
 * @param accept the header `Accept`
 */
export function wantsHtml(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === 'text/html' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
