/**
 * Which attribute keys may keep their text. `structural`: ids, names, enumerations, counts; kept, and still scanned for secrets.
 * `content`: free text; kept with what the scanner finds replaced, a telling last part of the key (`.authorization`) taken into
 * account. Every key that is on neither list is unclassified: its text is replaced as a whole.
 *
 * A numeric part of a key is written N. `prefix.*` takes everything below; the exact and the longer entry win. Sources: the
 * OpenTelemetry semantic conventions (general, GenAI, MCP), OpenInference, OpenLLMetry, Vercel AI SDK, Claude Code, TraceCtrl,
 * Langfuse, LangSmith, OpenLIT.
 */
export interface AttributeClasses {
  readonly structural: readonly string[];
  readonly content: readonly string[];
}

const words = (text: string): string[] => text.trim().split(/\s+/);

/** `a.{b,c.d}` as `a.b a.c.d`: one line a namespace. */
function namespaces(text: string): string[] {
  return words(text).flatMap((entry) => {
    const open = entry.indexOf('{');
    if (open < 0) return [entry];
    const names = entry.slice(open + 1, -1).split(',');
    return names.map((name) => entry.slice(0, open) + name);
  });
}

const STRUCTURAL = namespaces(`
service.{name,version,namespace,instance.id,criticality}
telemetry.{sdk.name,sdk.language,sdk.version,distro.name,distro.version,auto.version}
deployment.{environment,environment.name,id,name,status}
host.{id,name,type,arch,ip,mac,image.id,image.name,image.version,cpu.model.name,cpu.vendor.id,cpu.family,cpu.model.id,cpu.stepping}
os.{type,name,version,description,build_id} wsl.version terminal.type
process.{pid,parent_pid,executable.name,executable.build_id.gnu,runtime.name,runtime.version,runtime.description,interactive,creation.time,vpid}
container.{id,name,runtime,runtime.name,runtime.version,image.id,image.name,image.tag,image.tags,image.repo_digests,csi.plugin.name,csi.volume.id}
k8s.{cluster.name,cluster.uid,namespace.name,node.name,node.uid,pod.name,pod.uid,pod.ip,pod.start_time,container.name,container.restart_count}
k8s.{deployment.name,deployment.uid,replicaset.name,replicaset.uid,statefulset.name,statefulset.uid,daemonset.name,daemonset.uid}
k8s.{job.name,job.uid,cronjob.name,cronjob.uid,hpa.name,hpa.uid,service.name}
cloud.{provider,account.id,region,availability_zone,platform,resource_id}
faas.{name,version,instance,trigger,invocation_id,coldstart,cron,time,max_memory,invoked_name,invoked_provider,invoked_region,document.collection,document.name,document.operation,document.time}
aws.{ecs.cluster.arn,ecs.container.arn,ecs.launchtype,ecs.task.arn,ecs.task.family,ecs.task.id,ecs.task.revision,eks.cluster.arn,lambda.invoked_arn,lambda.resource_mapping.id}
aws.{log.group.arns,log.group.names,log.stream.arns,log.stream.names,request_id,extended_request_id,bedrock.guardrail.id,bedrock.knowledge_base.id,s3.bucket,s3.upload_id,s3.part_number}
aws.{sqs.queue.url,sns.topic.arn,kinesis.stream_name,dynamodb.table_names,dynamodb.index_name,secretsmanager.secret.arn,step_functions.activity.arn,step_functions.state_machine.arn}
gcp.{client.service,client.repo,client.version,cloud_run.job.execution,cloud_run.job.task_index,gce.instance.hostname,gce.instance.name,project.id}
azure.{client.id,cosmosdb.connection.mode,cosmosdb.consistency.level,resource_provider.namespace,service.request.id,resource.group.name,vm.name} az.{namespace,service_request_id}
heroku.{app.id,release.commit,release.creation_timestamp} webengine.{name,version,description}
app.{version,entrypoint,installation.id,build_id} device.{id,manufacturer,model.identifier,model.name} browser.{brands,language,mobile,platform}
otel.{scope.name,scope.version,library.name,library.version,status_code,span.sampling_result,component.name,component.type} span.{kind,type}
thread.{id,name} code.{function,function.name,namespace,filepath,file.path,lineno,line.number,column,column.number}
error.{type,code} exception.{type,escaped} event.{name,domain,timestamp,sequence} log.{file.name,iostream,record.uid}
feature_flag.{key,provider_name,provider.name,variant,set.id,version,result.variant,result.reason,context.id} test.{case.name,case.result.status,suite.name,suite.run.status}
network.{protocol.name,protocol.version,transport,type,peer.address,peer.port,local.address,local.port,connection.type,connection.subtype,connection.state,interface.name,io.direction,carrier.icc,carrier.mcc,carrier.mnc,carrier.name}
net.{transport,peer.name,peer.port,peer.ip,host.name,host.port,host.ip,protocol.name,protocol.version,sock.family,sock.peer.addr,sock.peer.name,sock.peer.port,sock.host.addr,sock.host.port,host.connection.type,host.connection.subtype}
server.{address,port} client.{address,port} source.{address,port} destination.{address,port} peer.service geo.{continent.code,country.iso_code,region.iso_code}
tls.{protocol.name,protocol.version,cipher,resumed,established,next_protocol,curve,client.hash.sha256,server.hash.sha256}
http.{method,request.method,request.method_original,status_code,response.status_code,status_text,flavor,scheme,route,host,server_name,client_ip,connection.state}
http.{request.body.size,request.size,request.resend_count,resend_count,response.body.size,response.size,request_content_length,response_content_length,request_content_length_uncompressed,response_content_length_uncompressed}
url.{scheme,domain,port,registered_domain,subdomain,top_level_domain,extension,template} user_agent.{name,version,os.name,os.version,synthetic.type}
rpc.{system,system.name,service,method,method_original,grpc.status_code,connect_rpc.error_code,jsonrpc.error_code,jsonrpc.request_id,jsonrpc.version,response.status_code,message.type,message.id,message.compressed_size,message.uncompressed_size}
jsonrpc.{request.id,protocol.version} grpc.{status_code,method}
db.{system,system.name,name,namespace,operation,operation.name,operation.batch.size,collection.name,sql.table,query.summary,response.status_code,response.returned_rows,instance.id,stored_procedure.name,client.connection.pool.name,client.connection.state}
db.{mongodb.collection,redis.database_index,cosmosdb.container,cosmosdb.operation_type,cosmosdb.status_code,cassandra.table,cassandra.consistency_level,cassandra.coordinator.dc,cassandra.coordinator.id,elasticsearch.cluster.name,elasticsearch.node.name,hbase.namespace,mssql.instance_name,vector.query.top_k}
messaging.{system,operation,operation.name,operation.type,destination,destination.name,destination.kind,destination.template,destination.anonymous,destination.temporary,destination.partition.id,destination.subscription.name,source.name}
messaging.{message.id,message_id,message.conversation_id,conversation_id,message.body.size,message.envelope.size,batch.message_count,client.id,client_id,consumer.id,consumer.group.name,url,protocol,protocol_version}
messaging.{kafka.consumer.group,kafka.message.offset,kafka.offset,kafka.destination.partition,kafka.source.partition,rabbitmq.destination.routing_key,rocketmq.consumption_model,rocketmq.namespace,servicebus.disposition_status,eventhubs.consumer.group,gcp_pubsub.message.ordering_key}
graphql.{operation.name,operation.type} cloudevents.{event_id,event_source,event_spec_version,event_type}
cicd.{pipeline.name,pipeline.result,pipeline.run.id,pipeline.run.state,pipeline.task.name,pipeline.task.run.id,pipeline.task.run.result,pipeline.task.type,worker.id,worker.name,worker.state}
vcs.{repository.name,repository.url.full,repository.ref.name,repository.ref.revision,repository.ref.type,ref.head.name,ref.head.revision,ref.head.type,ref.base.name,ref.base.revision,ref.type,change.id,change.state,provider.name,owner.name,line_change.type}
session.{id,previous_id} user.{id,hash,roles,account_uuid,account_id,groups} enduser.{id,role,scope,pseudo.id} organization.id tenant.id identity.source thread_id conversation_id
gen_ai.{operation.name,provider.name,system,output.type,token.type,conversation.id,data_source.id,workflow.name,session.id,user}
gen_ai.request.{model,max_tokens,temperature,top_p,top_k,frequency_penalty,presence_penalty,seed,choice.count,encoding_formats,stream,reasoning.effort,thinking.budget_tokens,service_tier}
gen_ai.response.{id,model,finish_reason,finish_reasons,stop_reason,service_tier,system_fingerprint,time_to_first_chunk}
gen_ai.{usage.*,openai.request.response_format,openai.request.service_tier,openai.request.seed,openai.response.service_tier,openai.response.system_fingerprint,finishReason,environment,application_name,sdk.version}
gen_ai.agent.{id,name,version,step,step.count,decision,decision.tool} gen_ai.{prompt.length,completion.length,prompt.name,prompt.id,prompt.version}
gen_ai.tool.{name,type,call.id,mcp_server} gen_ai.{embeddings.dimension.count,retrieval.top_k,evaluation.name,evaluation.score.value,evaluation.score.label,event.start_time}
gen_ai.memory.{store.id,store.name,record.id,record.count,type,scope,operation}
gen_ai.guardrail.{target.type,target.subtype,target.id,component.name,component.version,verdict.type,verdict.code,action.type,security.policy.id,security.policy.name,security.policy.version,security.policy.rule.id,security.risk.category,security.risk.score,security.content.input.hash,security.content.modified,security.external_finding_id,id,name,version,provider.name}
gen_ai.security.{policy.id,policy.name,policy.version,policy.rule.id,risk.category,risk.severity,risk.score,content.input.hash,content.modified,external_finding_id,decision.type,decision.code,target.type,target.id}
openai.{api.type,request.service_tier,response.service_tier,response.system_fingerprint}
mcp.{method.name,session.id,protocol.version,resource.uri,server.name,server.version,client.name,client.version,transport,tool.name,request.id} mcp_server.name mcp_tool.name
openinference.span.kind llm.{system,provider,model_name,request.model_name,response.model_name,finish_reason,token_count.*,cost.*,usage.*,request.type,is_streaming,top_k,frequency_penalty,presence_penalty,temperature,max_tokens,chat.stop_sequences,response.finish_reason,response.stop_reason,user}
embedding.model_name agent.{name,id,version,type} graph.node.{id,name,parent_id} tool.{name,id,type} tool_call.{id,function.name} document.{id,score} prompt.{vendor,id} input.mime_type output.mime_type message.{role,name,tool_call_id,uuid} image.mime_type audio.mime_type
traceloop.{span.kind,workflow.name,entity.name,entity.path,entity.version,correlation.id,association.properties.session_id,association.properties.user_id,association.properties.thread_id,association.properties.conversation_id}
traceloop.prompt.{managed,key,version,version_name,version_hash,template_hash}
ai.{operationId,model.id,model.provider,telemetry.functionId,telemetry.metadata.sessionId,telemetry.metadata.userId,finishReason,schema.name,usage.*,stream.msToFirstChunk,embeddings.count,settings.*} operation.name resource.name
ai.response.{id,model,finishReason,timestamp,msToFirstChunk,msToFinish,avgCompletionTokensPerSecond,avgOutputTokensPerSecond,providerMetadata} ai.toolCall.{id,name} ai.result.type
model query_source agent_id parent_agent_id speed llm_request.context request_id client_request_id attempt success status_code stop_reason response.has_tool_call duration_ms ttft_ms
tool_name tool_use_id tool_source tool_type decision decision_type decision_source source skill_name skill.name subagent_type agent_type effort mcp_server_scope server_name server_scope transport_type is_plugin plugin.name marketplace.name
interaction.{sequence,duration_ms} user_prompt_length prompt.version workflow.{name,run_id} category error_type error_category error_code action from_mode to_mode trigger permission_mode command_name command_source final_model
hook_name hook_event hook_source num_hooks num_success num_blocking num_non_blocking_error num_cancelled memory_type load_reason status outcome name_hash
langfuse.{observation.type,observation.level,observation.model.name,observation.prompt.name,observation.prompt.version,observation.usage_details,observation.cost_details,observation.completion_start_time,session.id,user.id,trace.name,trace.public,version,release,environment,internal.as_root}
langsmith.{span.kind,trace.name,trace.id,trace.session_id,trace.session_name,span.id,span.parent_id,span.dotted_order}
tracectrl.{session_id,ingress,trigger_type,caller.agent_id,input.source,system_prompt_hash,span_sequence} tracectrl.agent.{id,name,role,framework,system_prompt_hash} tracectrl.tool.{category,direction,target} tracectrl.memory.{operation,store_id,write_provenance}
agno.{agent.id,team.id,run.id,session.id} crewai.{crew.id,task.id,agent.id,agent.role} langgraph.{node,step,thread_id,checkpoint_ns} openclaw.{session.id,agent.id,channel} logfire.{span_type,level_num}
coding_agent.{client,session.id,agent.id,subagent.type,agent.parent_id,content_capture_mode,hook.cli.version,signal_source,session.outcome,loop.detected,loop.pattern,policy.permission_mode,tool.name,edit.decision,model,provider}
anthropic.{provider,message.stop_reason,request.id} query_source_safe system_prompt_hash tool_name_safe bash_command_class bash_argv0 parent.source agent_name model_name finish_reason role id event_loop.{cycle_id,parent_cycle_id}
langsmith.{traceable,span.tags,usage_metadata,metadata.ls_provider,metadata.ls_model_type,metadata.ls_model_name,metadata.thread_id,metadata.session_id,metadata.user_id,metadata.usage_metadata,metadata.LANGSMITH_TRACING,metadata.LANGSMITH_OTEL_ENABLED}
gen_ai.{agent.call.id,agent.tools,aggregated_usage.*,event.end_time,tool.status,server.time_to_first_token} tracectrl.guardrail.{name,judge_model,severity,timing,evaluated_at,decision} ai.request.headers.user-agent
type language call_id call.id conversation.id prompt_id function_name mcp_server_name extension_name tool_namespace slash_command.name
installation.id auth_type auth_mode originator slug approval_policy sandbox_policy approval_mode provider_name reasoning_effort reasoning_summary event.kind operation programming_language mimetype extension finish_reasons
plugin_id_hash enabled_via has_hooks has_mcp host_owned_mcp skill_path_count command_path_count agent_path_count safe_mode managed_settings.{trigger,sources,source_behavior,helper.state,helper.applied}
active_profile env plugin.version plugin.scope skill.source command.name hook.name stop_type finish_type limit_type
spanwarden.*
`);

const CONTENT = namespaces(`
process.{command,command_line,command_args,executable.path,working_directory} code.{stacktrace,cwd} otel.status_description log.{message,file.path,body} message error error.{message,stack,stack_trace,details,reason} error_message error_details
exception.{message,stacktrace} reason stop_details status_message
url.{full,original,path,query,fragment} http.{url,target,user_agent,referer,request.header.*,response.header.*,request.body,response.body,request.body.content,response.body.content} user_agent.original
rpc.{jsonrpc.error_message,request.metadata.*,response.metadata.*,grpc.request.metadata.*,grpc.response.metadata.*,connect_rpc.request.metadata.*,connect_rpc.response.metadata.*,request.body,response.body}
db.{statement,query.text,query.parameter.*,operation.parameter.*,connection_string,vector.query.*,query.result.*} graphql.{document,variables,selection.name} messaging.{message.body,message.header.*,kafka.message.key} vcs.{change.title,commit.message} cloudevents.event_subject
user.email enduser.email
gen_ai.{input.messages,output.messages,system_instructions,prompt,completion,content.prompt,content.completion,prompt.*,completion.*,choice,system.message,user.message,assistant.message,messages,input,output,request.stop_sequences,request.tools,request.instructions}
gen_ai.agent.{description,decision.reason,instructions} gen_ai.tool.{description,definitions,call.arguments,call.result,message,definitions.*,input,output,parameters} gen_ai.{retrieval.query.text,retrieval.documents,retrieval.documents.*,query.text,evaluation.explanation}
gen_ai.memory.{query.text,records,record.content,records.*} gen_ai.guardrail.{verdict.reason,description,finding.explanation} gen_ai.security.{decision.reason,content.input.value,content.output.value} gen_ai.{prompt.preview,completion.preview}
input.value output.value input output llm.{input_messages.*,output_messages.*,prompts,prompts.*,completions.*,choices.*,tools,tools.*,functions,invocation_parameters,function_call,prompt_template.*,request.functions.*,headers,content_completion_chunk}
tool.{description,parameters,json_schema,output,result} tool_call.function.arguments document.content embedding.{text,embeddings.*,invocation_parameters} retrieval.{documents,documents.*} reranker.* message.{content,contents,contents.*,tool_calls,tool_calls.*,function_call_name,function_call_arguments_json}
message_content.* image.url audio.{url,transcript} prompt.url exception.cause evaluations.* annotations.* trace.evaluations.* session.evaluations.*
traceloop.{entity.input,entity.output,prompt.template,prompt.template_variables}
ai.{prompt,prompt.*,value,values,embedding,embeddings,schema,schema.description,response.text,response.object,response.toolCalls,response.reasoning,response.files,result.text,result.object,result.toolCalls,toolCall.args,toolCall.result,error}
user_prompt user_system_prompt system_prompt system_prompt_preview prompt response body body_ref tool_input tool_output tool_parameters tool_response full_command bash_command file_path command command_args content text query result new_context tools tool_arguments tool_result response.text response.model_output
langfuse.{observation.input,observation.output,trace.input,trace.output,observation.status_message} mcp.{tool.arguments,tool.result,request.params,response.result,prompt.name}
tracectrl.{agent.system_prompt,guardrail.reason} coding_agent.{prompt,response,tool.input,tool.output,command,file.path,commit.author,repository.root} all_messages_events events instructions
prompt_text function_args arguments request_text response_text
system_reminders langsmith.metadata.ls_invocation_params model_request_parameters logfire.{json_schema,msg} final_result pydantic_ai.all_messages gen_ai.tool.json_schema tracectrl.guardrail.evidence ai.request.headers.*
`);

export const ATTRIBUTE_CLASSES: AttributeClasses = { structural: STRUCTURAL, content: CONTENT };
