package example;

import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemJudge;
import dev.tribunal.judge.sdk.JudgeServer;
import dev.tribunal.judge.sdk.Opinion;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A completion must not swear. */
public final class NoProfanityJudge implements ItemJudge {

    private static final Pattern PROFANITY = Pattern.compile("\\b(damn|bloody|crap)\\b", Pattern.CASE_INSENSITIVE);

    public static void main(String[] arguments) {
        JudgeServer.start(new NoProfanityJudge(), arguments);
    }

    @Override
    public JudgeDescriptor descriptor() {
        return new JudgeDescriptor("no-profanity-java", "1.0.0", JudgeApi.CONTRACT, "Does not swear.", true, 256);
    }

    @Override
    public Opinion judge(JudgeItem item, Map<String, Object> parameters, Deadline deadline) {
        Matcher profanity = PROFANITY.matcher(item.completion().text());
        return profanity.find()
                ? Opinion.violated("says '" + profanity.group() + "'")
                : Opinion.satisfied("does not swear");
    }
}
