package dev.tribunal.gateway.openapi;

import dev.tribunal.contracts.access.v1.AccessTokenRequest;
import dev.tribunal.contracts.access.v1.AccessTokensApi;
import dev.tribunal.contracts.access.v1.AuditApi;
import dev.tribunal.contracts.access.v1.CallerApi;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.PendingJudgementApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeTemplateApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardEvaluationsApi;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRequest;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonsApi;
import dev.tribunal.contracts.runs.v1.generation.GenerationRequest;
import dev.tribunal.contracts.runs.v1.generation.GenerationsApi;
import dev.tribunal.contracts.runs.v1.label.LabelRequest;
import dev.tribunal.contracts.runs.v1.label.LabelsApi;
import dev.tribunal.contracts.runs.v1.lineage.ForkRequest;
import dev.tribunal.contracts.runs.v1.lineage.LineageApi;
import dev.tribunal.contracts.runs.v1.method.MethodTrialRequest;
import dev.tribunal.contracts.runs.v1.method.MethodsApi;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementRequest;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementsApi;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.openapi.OpenApi;
import tools.jackson.databind.node.ObjectNode;

/** What the public API is made of. */
public final class OpenApiDocument {

    private OpenApiDocument() {}

    public static ObjectNode create() {
        OpenApi api = new OpenApi(
                "Tribunal",
                "v1",
                "Post-trains language models by reinforcement learning under constraints that a mixture of judges sets."
                        + " Every error is a problem (RFC 9457).");
        ObjectNode document = api.add("runs", RunsApi.class, RunSpec.class)
                .add("labels", LabelsApi.class, LabelRequest.class)
                .add("lineage", LineageApi.class, ForkRequest.class)
                .add("comparisons", ComparisonsApi.class, ComparisonRequest.class)
                .add("rejudgements", RejudgementsApi.class, RejudgementRequest.class)
                .add("generations", GenerationsApi.class, GenerationRequest.class)
                .add("methods", MethodsApi.class, MethodTrialRequest.class)
                .add("judges", JudgeRegistryApi.class, JudgeRegistration.class)
                .add("judge-templates", JudgeTemplateApi.class)
                .add("judgements", JudgementApi.class)
                .add("pending-judgements", PendingJudgementApi.class)
                .add("reward-models", RewardApi.class, RewardModelRegistration.class)
                .add("reward-evaluations", RewardEvaluationsApi.class)
                .add("caller", CallerApi.class)
                .add("tokens", AccessTokensApi.class, AccessTokenRequest.class)
                .add("audit", AuditApi.class)
                .document();
        addNamespace(document);
        return document;
    }

    /** The header that every operation takes. */
    private static void addNamespace(ObjectNode document) {
        document.withObject("/components/parameters/Namespace")
                .put("name", "Tribunal-Namespace")
                .put("in", "header")
                .put("required", false)
                .put(
                        "description",
                        "One of the caller's namespaces: the request sees that one alone, and creates in it. Without it a"
                                + " request sees all of the caller's namespaces and creates in the first.")
                .putObject("schema")
                .put("type", "string")
                .put("pattern", "^(?:" + AccessTokenRequest.NAMESPACE + ")$");
        document.path("paths")
                .forEachEntry((path, operations) -> operations.forEachEntry((method, operation) -> operation
                        .withArray("/parameters")
                        .addObject()
                        .put("$ref", "#/components/parameters/Namespace")));
    }
}
