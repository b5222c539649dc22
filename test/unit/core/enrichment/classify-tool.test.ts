import { describe, expect, test } from 'vitest';
import { classifyTool } from '../../../../engine/core/enrichment/classify-tool.ts';

/** name, category, direction, and `!` when the answer may hold what outsiders wrote */
const TOOLS = `
  run_python              code_execution     output
  execute_code            code_execution     output
  python_repl             code_execution     output
  PythonREPLTool          code_execution     output
  Bash                    code_execution     output
  BashOutput              code_execution     input
  shell                   code_execution     output
  run_shell_command       code_execution     output
  exec_command            code_execution     output
  code_interpreter        code_execution     output
  run_tests               code_execution     output
  compile_program         code_execution     output
  evaluate_script         code_execution     output
  mcp__playwright__browser_evaluate code_execution output
  runTerminalCommand      code_execution     output
  execute_request         internal_api       output
  exec_summary            internal_api       internal
  retrieval_executor      internal_api       output
  compile_report          internal_api       output
  eval_model              internal_api       output
  nutshell                internal_api       internal

  send_email              email              output
  sendEmail               email              output
  SendEMail               email              output
  send_mail               email              output
  gmail_search            email              input   !
  read_emails             email              input   !
  get_unread_emails       email              input   !
  check_inbox             email              input   !
  reply_to_email          email              output
  EmailSender             email              output
  smtp.deliver            email              output
  get_user_by_email       internal_api       input
  update_email_address    internal_api       output
  blackmail_detector      internal_api       internal

  http_get                external_api       input   !
  http_request            external_api       internal !
  sendHttpRequest         external_api       output  !
  requests_post           external_api       output  !
  WebFetch                external_api       input   !
  WebSearch               external_api       input   !
  web_search              external_api       input   !
  brave_web_search        external_api       input   !
  google_search           external_api       input   !
  search_wikipedia        external_api       input   !
  fetch                   external_api       input   !
  fetch_url               external_api       input   !
  fetch-page              external_api       input   !
  scrape_site             external_api       input   !
  DuckDuckGoSearchRun     external_api       input   !
  get_page_text           external_api       input   !
  browse.web              external_api       input   !
  curl                    external_api       input   !
  post_webhook            external_api       output  !
  mcp__fetch__fetch       external_api       input   !
  MCP:browser_navigate    external_api       input   !
  fetch_order             internal_api       input
  request_vacation        internal_api       output
  create_pull_request     internal_api       output
  get_time_off_requests   internal_api       input
  google_drive_share      internal_api       output
  get_signed_url          internal_api       input

  write_file              file_system        output
  saveFile                file_system        output
  create_file             file_system        output
  delete_files            file_system        output
  Read                    file_system        input
  Write                   file_system        output
  Edit                    file_system        output
  MultiEdit               file_system        output
  Grep                    file_system        input
  Glob                    file_system        input
  apply_patch             file_system        output
  str_replace_based_edit_tool file_system    output
  read_file               file_system        input
  search_files            file_system        input
  mcp__filesystem__list_directory file_system input
  download_file           file_system        input   !
  rm                      file_system        output
  get_user_profile        internal_api       input
  file_complaint          internal_api       output
  search_employee_directory memory_read      input

  save_memory             memory_write       output
  saveMemory              memory_write       output
  remember                memory_write       output
  remember_user_email     memory_write       output
  add_memory              memory_write       output
  update_memory           memory_write       output
  delete_memory           memory_write       output
  store_note              memory_write       output
  memory                  memory_write       output
  memory_store            memory_write       output
  core_memory_append      memory_write       output
  archival_memory_insert  memory_write       output
  upsert_vectors          memory_write       output
  pinecone.upsert         memory_write       output
  add_documents           memory_write       output
  index_documents         memory_write       output
  embed_text              memory_write       output
  publish_to_knowledge_base memory_write     output
  update_wiki_page        memory_write       output
  save_email_to_memory    memory_write       output
  mcp__memory__create_entities memory_write  output
  add_note_to_ticket      internal_api       output
  get_memory_usage        internal_api       input
  create_index            internal_api       output
  searchIndex             memory_read        input

  search_memories         memory_read        input
  archival_memory_search  memory_read        input
  read_memory_store       memory_read        input
  vector_store_search     memory_read        input
  query_knowledge_base    memory_read        input
  recall                  memory_read        input
  search                  memory_read        input
  retrieve_documents      memory_read        input
  lookup_order            memory_read        input
  look_up_order           memory_read        input
  run_query               internal_api       output

  ask_human               human_interaction  input
  AskUserQuestion         human_interaction  input
  ExitPlanMode            human_interaction  input
  request_approval        human_interaction  output
  human_in_the_loop       human_interaction  internal
  confirm_with_user       human_interaction  output
  confirm_booking         internal_api       output
  human_resources_report  internal_api       internal

  send_money              internal_api       output
  issue_refund            internal_api       output
  get_balance             internal_api       input
  get_issue_comments      internal_api       input   !
  list_pull_requests      internal_api       input   !
  read_channel_messages   internal_api       input   !
  slack_get_channel_history internal_api     input   !
  post_message            internal_api       output
  reserve_restaurant      internal_api       output
  check_and_send          internal_api       output
  get_or_create_customer  internal_api       output
  webhook_handler         external_api       input   !
  Task                    internal_api       internal
  TodoWrite               internal_api       internal
  calculator              internal_api       internal
  получить_погоду         internal_api       internal
  __proto__               internal_api       internal
  constructor             internal_api       internal
`
  .split('\n')
  .map((line) => line.trim().split(/\s+/))
  .filter(([name]) => name !== '');

describe('a tool is classified by the words of its name', () => {
  test.each(TOOLS)('%s is %s, %s %s', (name, category, direction, outside) => {
    expect(classifyTool(name!, '', '')).toEqual({ category, direction, outside: outside === '!' });
  });

  test('the name of the MCP server counts when the tool says nothing', () => {
    expect(classifyTool('create_entities', '', '').category).toBe('internal_api');
    expect(classifyTool('create_entities', '', 'memory').category).toBe('memory_write');
    expect(classifyTool('get_quota', '', 'gmail').category).toBe('email');
  });
});

describe('a description is a weak second source', () => {
  test.each([
    ['toolbox', 'Runs a shell command on the build host.', 'code_execution'],
    ['notify', 'Sends an email to the customer.', 'email'],
    ['scout', 'Searches the web for recent articles.', 'external_api'],
    ['keep', 'Stores a fact in long-term memory.', 'memory_write'],
    ['helper', 'Asks the user for a decision.', 'human_interaction'],
  ])('%s: %s', (name, description, category) => {
    expect(classifyTool(name, description, '').category).toBe(category);
  });

  test.each([
    ['book_flight', 'Executes the booking request and writes an index entry for later search.'],
    ['get_invoice', 'Fetches an invoice; the request needs an invoice index.'],
    ['close_account', 'Evaluates whether the profile can be closed. Do not use for e-mail questions.'],
  ])('its single words never decide: %s', (name, description) => {
    expect(classifyTool(name, description, '').category).toBe('internal_api');
  });

  test('the name wins over it', () => {
    expect(classifyTool('write_file', 'Sends an email when done.', '').category).toBe('file_system');
  });
});

test('hostile names cost no more than their first characters', () => {
  for (const unit of ['A', 'a', 'aB', '_', 'é', '1', 'a ', '\u0000', 'by ']) {
    const long = unit.repeat(500_000);
    expect(classifyTool(long, long, long).category).toBe('internal_api');
  }
});
