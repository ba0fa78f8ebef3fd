package example;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.input.Default;
import dev.tribunal.judge.rules.instruction.InstructionFollowingJudge;
import dev.tribunal.judge.rules.math.MathAnswerJudge;
import dev.tribunal.judge.rules.text.LengthJudge;
import dev.tribunal.judge.rules.text.RepetitionJudge;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemJudge;
import dev.tribunal.judge.sdk.ItemVerdict;
import dev.tribunal.judge.sdk.TypedJudge;
import dev.tribunal.servicekit.input.InputReader;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;

/**
 * A judge that is wrong or away for a share of all items: it asks another one, and a coin says what becomes of the verdict. The
 * coin follows from the seed, the prompt and the completion alone, so that the same item always gets the same verdict.
 */
public final class ErringJudge implements TypedJudge<ErringJudge.Parameters> {

    /** The judges that can be asked, by their names on the platform. */
    enum Asked {
        INSTRUCTION_FOLLOWING(new InstructionFollowingJudge()),
        LENGTH(new LengthJudge()),
        MATH_ANSWER(new MathAnswerJudge()),
        REPETITION(new RepetitionJudge());

        private final ItemJudge judge;

        Asked(ItemJudge judge) {
            this.judge = judge;
        }
    }

    /**
     * @param judge which one is asked
     * @param parameters its parameters
     * @param wrong the share of its verdicts that are turned around
     * @param undecided the share of the items that are left undecided
     * @param seed of the coins; with another one other items are hit
     */
    public record Parameters(
            @Default("repetition") Asked judge,
            @Default("{}") Map<String, Object> parameters,
            @Min(0) @Max(1) @Default("0") double wrong,
            @Min(0) @Max(1) @Default("0") double undecided,
            @Default("1") long seed) {}

    @Override
    public JudgeDescriptor descriptor() {
        return JudgeDescriptor.of("erring", "1", "Says what another judge says, but for a share of all items.");
    }

    @Override
    public List<FieldError> check(Map<String, Object> parameters) {
        List<FieldError> mistakes = TypedJudge.super.check(parameters);
        if (!mistakes.isEmpty()) {
            return mistakes;
        }
        Parameters read = InputReader.read(Parameters.class, parameters).required();
        return read.judge().judge.check(read.parameters()).stream()
                .map(mistake -> new FieldError("/parameters" + mistake.pointer(), mistake.detail()))
                .toList();
    }

    @Override
    public List<FieldError> checkItem(PromptItem item, Parameters parameters) {
        return parameters.judge().judge.checkItem(item, parameters.parameters());
    }

    @Override
    public ItemVerdict judge(JudgeItem item, Parameters parameters, Deadline deadline) {
        ByteBuffer coins = coins(item, parameters.seed());
        if (uniform(coins) < parameters.undecided()) {
            return ItemVerdict.undecided("away", "the coin says that the judge is away for this item");
        }
        boolean wrong = uniform(coins) < parameters.wrong();
        ItemVerdict verdict = parameters.judge().judge.judge(item, parameters.parameters(), deadline);
        return switch (verdict) {
            case ItemVerdict.Decided(boolean satisfied, _, String reason) when wrong ->
                satisfied
                        ? ItemVerdict.violated("by mistake; in truth: " + reason)
                        : ItemVerdict.satisfied("by mistake; in truth: " + reason);
            case ItemVerdict.Decided decided -> decided;
            case ItemVerdict.Undecided undecided -> undecided;
        };
    }

    private static double uniform(ByteBuffer coins) {
        return (coins.getLong() >>> 11) * 0x1p-53;
    }

    private static ByteBuffer coins(JudgeItem item, long seed) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
            item.messages().forEach(message -> digest.update(bytes(message.content())));
            return ByteBuffer.wrap(digest.digest(bytes(item.completion().text())));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** With its length before it, so that no two lists of texts are the same bytes. */
    private static byte[] bytes(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + encoded.length)
                .putInt(encoded.length)
                .put(encoded)
                .array();
    }
}
