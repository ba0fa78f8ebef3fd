package dev.tribunal.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.tribunal.servicekit.testing.PackageOrder;
import org.junit.jupiter.api.Test;

/**
 * The packages are the stages of a step, in the order in which it flows; inputs, stage, spec, episode, store,
 * tinker, execution, method, lineage, comparison, queue, rejudgement, inference and api are around them.
 */
class PackageOrderTest {

    @Test
    void noPackageKnowsALaterOne() {
        PackageOrder.holds(
                "dev.tribunal.trainer",
                "prompt",
                "generation",
                "reward",
                "judgement",
                "feasibility",
                "strategy",
                "rollout",
                "checkpoint",
                "journal",
                "alarm",
                "inputs",
                "vllm",
                "task",
                "collection",
                "gradient",
                "training",
                "stage",
                "spec",
                "episode",
                "store",
                "webhook",
                "tinker",
                "execution",
                "method",
                "lineage",
                "comparison",
                "queue",
                "rejudgement",
                "inference",
                "api");
    }

    @Test
    void nothingButTheLanguageModelKnowsDjl() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(new ClassFileImporter()
                        .withImportOption(new DoNotIncludeTests())
                        .importPackages("dev.tribunal.trainer"));
    }
}
