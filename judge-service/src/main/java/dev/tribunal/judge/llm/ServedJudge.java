package dev.tribunal.judge.llm;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.fanout.JudgeCall;
import dev.tribunal.judge.openai.OpenAiServer;
import dev.tribunal.judge.openai.OpenAiServer.Completion;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemChecks;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.servicekit.outbound.CallFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks a model on an OpenAI-compatible server its template's question: one request an item, for one token and the
 * likeliest tokens in its place. What {@link LlmJudge} reads off the model, this reads off that list.
 *
 * @param threshold where a task gives none
 * @param maxCharacters of a whole question
 * @param topLogProbs how many of the likeliest tokens are asked for
 * @param options further fields of each request
 */
record ServedJudge(
        OpenAiServer server,
        JudgeTemplate template,
        double threshold,
        int maxCharacters,
        int topLogProbs,
        @Nullable Map<String, Object> options)
        implements JudgeCall {

    /** So that a failed question is asked again alone, and questions are asked side by side. */
    static final int MAX_BATCH_ITEMS = 1;

    /** How vLLM, llama.cpp and OpenAI say that a question does not fit. */
    private static final Pattern TOO_LONG = Pattern.compile(
            "context (length|size|window)|too (long|many tokens)|`inputs` tokens", Pattern.CASE_INSENSITIVE);

    @Override
    public Reading send(EvaluateRequest request, Deadline deadline) throws CallFailure {
        double asked = LlmParameters.threshold(request.judge().parameters(), threshold);
        List<Result> results = new ArrayList<>();
        for (JudgeItem item : request.items()) {
            results.add(verdict(item, asked, deadline).of(item.itemId()));
        }
        return new Reading(results, null);
    }

    @Override
    public CheckResponse check(CheckRequest request, Deadline deadline) {
        return ItemChecks.run(item -> ItemQuestion.mistakes(item, template, maxCharacters), request, deadline);
    }

    private ItemVerdict verdict(JudgeItem item, double asked, Deadline deadline) throws CallFailure {
        return switch (ItemQuestion.about(item, template, maxCharacters, Turns::without)) {
            case ItemQuestion.Unaskable(ItemVerdict why) -> why;
            case ItemQuestion.Askable question -> {
                Completion reply;
                try {
                    reply = reply(question.text(), deadline);
                } catch (CallFailure e) {
                    if (e.isRefusal()
                            && TOO_LONG.matcher(String.valueOf(e.getMessage())).find()) {
                        yield ItemVerdict.undecided("too_long", String.valueOf(e.getMessage()));
                    }
                    throw e;
                }
                yield switch (Odds.of(reply.firstToken(), template)) {
                    case Odds.Result.None(ItemVerdict why) -> why;
                    case Odds.Result.Some(Odds odds) -> odds.verdict(asked, template);
                };
            }
        };
    }

    /** The reply to a question, its first token with the likeliest others. */
    Completion reply(String question, Deadline deadline) throws CallFailure {
        Map<String, Object> body = new HashMap<>(options == null ? Map.of() : options);
        if (!body.containsKey("max_completion_tokens")) {
            body.put("max_tokens", 1);
        }
        body.put("temperature", 0);
        if (template.raw()) {
            body.put("logprobs", topLogProbs);
            return server.complete(question, body, deadline);
        }
        body.put("logprobs", true);
        body.put("top_logprobs", topLogProbs);
        return server.chat(List.of(Message.user(question)), body, deadline);
    }
}
