package dev.tribunal.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The packages are the stages of a step, in the order in which it flows; training, spec, episode and run are around them. */
class StageOrderTest {

    private static final List<String> STAGES =
            List.of("prompt", "generation", "reward", "judgement", "feasibility", "optimizer", "checkpoint");
    private static final List<String> AROUND = List.of("training", "spec", "episode", "run");

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("dev.tribunal.trainer");

    @Test
    void noStageLooksAtALaterOne() {
        for (int stage = 0; stage < STAGES.size(); stage++) {
            String[] later = Stream.concat(
                            STAGES.subList(stage + 1, STAGES.size()).stream(), AROUND.stream())
                    .map(StageOrderTest::packages)
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(packages(STAGES.get(stage)))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(later)
                    .check(CLASSES);
        }
    }

    @Test
    void thereAreNoCycles() {
        slices().matching("dev.tribunal.trainer.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nothingButTheLanguageModelKnowsDjl() {
        noClasses().should().dependOnClassesThat().resideInAPackage("ai.djl..").check(CLASSES);
    }

    @Test
    void policyOptimizersArePlainJava() {
        noClasses()
                .that()
                .resideInAPackage(packages("optimizer"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.tribunal.languagemodel..", "org.springframework..")
                .check(CLASSES);
    }

    private static String packages(String name) {
        return "dev.tribunal.trainer." + name + "..";
    }
}
