package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Kind;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What verdicts about a request's items are kept under: SHA-256 over the judge's digest, its parameters and what it is
 * shown of the item. An item's id and the run that it is from are not part of it: a deterministic judge says the same
 * of the same completion in every run.
 *
 * <p>A judge that is not deterministic draws its verdict. The draw belongs to one rollout, so run, step, task and item
 * id are part of its key: a run that is resumed sees what it saw, and the same text elsewhere is drawn for anew. Where
 * nobody says what run the items are from, such a judge's verdicts are not kept.
 */
final class VerdictKeys {

    private final List<JudgeItem> items;
    private final @Nullable EvaluationContext context;
    private final MessageDigest sha256 = Sha256.create();
    private final byte[][] hashes;

    VerdictKeys(List<JudgeItem> items, @Nullable EvaluationContext context) {
        this.items = items;
        this.context = context;
        this.hashes = new byte[items.size()][];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = sha256.digest(CanonicalJson.of(Shown.of(items.get(i))).getBytes(StandardCharsets.UTF_8));
        }
    }

    private record Shown(
            List<Message> messages,
            CompletionText completion,
            Map<String, Object> reference,
            Map<String, Object> metadata) {

        static Shown of(JudgeItem item) {
            return new Shown(item.messages(), item.completion(), item.reference(), item.metadata());
        }
    }

    private record Asked(
            String digest,
            Map<String, Object> parameters,
            @Nullable EvaluationContext draw) {}

    /** One an item, in order; none if verdicts of this judge are not worth keeping, or must not be kept. */
    List<VerdictKey> of(Found.Ready judge, Map<String, Object> parameters) {
        boolean kept = judge.deterministic()
                ? judge.kind() != Kind.RULE // which says the same again, and faster than a table
                : context != null && context.runId() != null;
        if (!kept) {
            return List.of();
        }
        EvaluationContext draw = judge.deterministic() ? null : context;
        byte[] asked = sha256.digest(
                CanonicalJson.of(new Asked(judge.digest(), parameters, draw)).getBytes(StandardCharsets.UTF_8));
        return IntStream.range(0, hashes.length)
                .mapToObj(i -> {
                    sha256.update(asked);
                    sha256.update(hashes[i]);
                    if (draw != null) {
                        sha256.update(items.get(i).itemId().getBytes(StandardCharsets.UTF_8));
                    }
                    return VerdictKey.of(sha256.digest());
                })
                .toList();
    }

    /** SHA-256; the same however often it is asked for, and after a restart. */
    static byte[] hash(Object value) {
        return Sha256.create().digest(CanonicalJson.of(value).getBytes(StandardCharsets.UTF_8));
    }
}
