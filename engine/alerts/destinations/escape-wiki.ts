/** Text as it may stand in Jira's wiki markup: each character that markup is made of becomes its numeric entity, which is text. */
export function escapeWiki(text: string): string {
  return text.replace(/[\\*_?\-+^~{}[\]()|!#@<>&:;/'"=$%`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
