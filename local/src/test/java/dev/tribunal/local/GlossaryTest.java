package dev.tribunal.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages and public names use CONTRIBUTING.md's words, and none of those that mean the same or something else as well. */
class GlossaryTest {

    /**
     * @param pattern of a name's words in lower case, a space between them
     * @param instead what the thing is called
     * @param allowed packages in which the word has its own meaning
     */
    private record Forbidden(Pattern pattern, String instead, Set<String> allowed) {

        static Forbidden word(String pattern, String instead, String... allowed) {
            return new Forbidden(Pattern.compile("\\b(" + pattern + ")\\b"), instead, Set.of(allowed));
        }

        boolean isIn(String packageName, String name) {
            return allowed.stream().noneMatch(packageName::startsWith)
                    && pattern.matcher(words(name)).find();
        }
    }

    private static final List<Forbidden> FORBIDDEN = List.of(
            Forbidden.word("actor|student", "policy"),
            Forbidden.word(
                    "adapters?",
                    "protocol; LoRA's alone is an adapter",
                    "dev.tribunal.languagemodel",
                    "dev.tribunal.trainer"),
            Forbidden.word("baselines?(?! (completion|score|verdict)s?)", "baseline completion"),
            Forbidden.word("bells?", "signal"),
            Forbidden.word("figures?", "metrics"),
            Forbidden.word("judge lines?", "client"),
            Forbidden.word("judgments?", "verdict, or judgement"),
            Forbidden.word("mixtures?", "the set of judges"),
            Forbidden.word("opinions?", "verdict"),
            Forbidden.word("strangers?|somebody|anybody|whoever", "what it is"),
            Forbidden.word("trajector(y|ies)", "rollout, or episode as stored"));

    /**
     * Fields of the API, which keep their names for those who send them, REINFORCE's own baseline, another thing, and a
     * LoRA adapter where a checkpoint has one.
     */
    private static final Set<String> OF_THEIR_OWN = Set.of(
            "CheckpointFile$Part.ADAPTER",
            "EpisodeResource$ModelScore.baseline",
            "EpisodeResource.baseline",
            "JudgeRegistration.adapter",
            "Registration.adapter",
            "Reinforce$Baseline",
            "Reinforce.baseline",
            "RunSpec$Prompts.baseline",
            "Sampler$Vllm.adapters",
            "Sampler$Vllm.adaptersOnServers");

    @Test
    void publicNamesAreTheGlossarys() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("/testing/"))
                .importPackages("dev.tribunal")) {
            String packageName = type.getPackageName();
            findIn(packageName, packageName, packageName, found);
            if (!isPublic(type)) {
                continue;
            }
            String simple = type.getFullName().substring(packageName.length() + 1);
            findIn(packageName, simple, simple, found);
            Stream.concat(type.getMethods().stream(), type.getFields().stream())
                    .filter(member -> member.getModifiers().contains(JavaModifier.PUBLIC))
                    .filter(member -> !member.getModifiers().contains(JavaModifier.SYNTHETIC))
                    .map(JavaMember::getName)
                    .forEach(name -> findIn(packageName, name, simple + "." + name, found));
        }

        List<String> others = new ArrayList<>(found);
        others.removeIf(name -> OF_THEIR_OWN.contains(name.replaceAll(" .*", "")));
        assertThat(others)
                .as("public names with words that the glossary has others for")
                .isEmpty();
        assertThat(OF_THEIR_OWN)
                .as("names that may be wrong, and are not any more: take them off the list")
                .allMatch(name -> found.stream().anyMatch(one -> one.startsWith(name + " ")));
    }

    private static void findIn(String packageName, String name, String shown, Set<String> found) {
        for (Forbidden word : FORBIDDEN) {
            if (word.isIn(packageName, name)) {
                found.add(shown + " (" + word.instead() + ")");
            }
        }
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(GlossaryTest::isPublic).orElse(true);
    }

    private static String words(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])|[_.$]+", " ").toLowerCase(Locale.ROOT);
    }

    @Test
    void wordsAreTakenOutOfNames() {
        Forbidden bare = Forbidden.word("baselines?(?! (completion|score|verdict)s?)", "baseline completion");

        assertThat(List.of("Baseline", "baselineOf", "NO_BASELINE", "PromptBaseline$Generated", "baselines"))
                .allMatch(name -> bare.isIn("dev.tribunal.any", name));
        assertThat(List.of("BaselineCompletion", "baselineScore", "baselineVerdicts", "online"))
                .noneMatch(name -> bare.isIn("dev.tribunal.any", name));
    }
}
