package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.runs.v1.spec.RunSpec.Judge;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.RewardModel;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.trainer.spec.FileUse.AskedJudge;
import dev.tribunal.trainer.spec.FileUse.Reader;
import dev.tribunal.trainer.spec.References.Pinned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The judges and reward models that a spec names, as their services know them. */
final class SpecServices {

    private final References references;
    private final SpecFindings findings;

    SpecServices(References references, SpecFindings findings) {
        this.references = references;
        this.findings = findings;
    }

    @Nullable
    Pinned rewardModel(@Nullable String reference, @Nullable String digest, List<Reader> readers, String at) {
        return reference == null
                ? null
                : rewardModel(reference, digest, readers, at + "/rewardModel", at + "/rewardModelDigest");
    }

    List<RewardModel> rewardModels(List<RewardModel> written, List<Reader> readers, String at) {
        return IntStream.range(0, written.size())
                .mapToObj(i -> {
                    RewardModel model = written.get(i);
                    String place = at + "/rewardModels/" + i;
                    Pinned pinned = rewardModel(model.model(), model.digest(), readers, place, place + "/digest");
                    return model.pinned(pinned.reference(), pinned.digest());
                })
                .toList();
    }

    /**
     * One that a stage trains is pinned when it is there.
     *
     * @param readers gets it, if it is known how much it reads
     */
    Pinned rewardModel(String reference, @Nullable String digest, List<Reader> readers, String at, String digestAt) {
        if (!findings.sound(at)) {
            return new Pinned(reference, null);
        }
        if (Stage.named(reference).isPresent()) {
            return new Pinned(reference, digest);
        }
        try {
            Pinned pinned = references.rewardModel(reference);
            findings.checkDigest(digestAt, digest, pinned.digest());
            tellAway("reward-model", pinned);
            if (pinned.maxTokens() != null) {
                readers.add(new Reader(at, pinned.reference(), pinned.maxTokens()));
            }
            return pinned;
        } catch (References.UnusableException e) {
            findings.addAll(e.errors(at));
            return new Pinned(reference, null);
        }
    }

    /**
     * @param needed is filled with the fields that judges need, and who needs them
     * @param asked is filled with the judges that there are
     */
    List<Judge> judges(List<Judge> written, Map<String, String> needed, List<AskedJudge> asked, String at) {
        List<Judge> pinned = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            Judge judge = judge(written.get(i), needed, asked, at + "/judges/" + i);
            if (pinned.contains(judge)) {
                findings.mistake(
                        at + "/judges/" + i,
                        "is '" + judge.judge() + "' with the same parameters once more;"
                                + " remove it, since it would only be asked twice");
            }
            pinned.add(judge);
        }
        return pinned;
    }

    Judge judge(Judge written, Map<String, String> needed, List<AskedJudge> asked, String at) {
        if (!findings.sound(at) || !findings.sound(at + "/judge")) {
            return written;
        }
        try {
            Pinned pinned = references.judge(written.judge(), written.parameters());
            findings.checkDigest(at + "/digest", written.digest(), pinned.digest());
            tellAway("judge", pinned);
            pinned.requires().forEach(field -> needed.putIfAbsent(field, pinned.reference()));
            asked.add(new AskedJudge(pinned, written.parameters()));
            return new Judge(pinned.reference(), pinned.digest(), written.parameters());
        } catch (References.UnusableException e) {
            findings.addAll(e.errors(at));
            return written;
        }
    }

    /** It may be back before it is needed, so that it is no mistake. */
    private void tellAway(String kind, Pinned pinned) {
        String type = kind + "-away:" + pinned.reference();
        if (pinned.away() != null) {
            findings.tell(
                    type,
                    "the " + kind.replace('-', ' ') + " '" + pinned.reference() + "' is away: " + pinned.away()
                            + "; bring it back before the run asks it");
        }
    }
}
