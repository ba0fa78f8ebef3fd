package dev.tribunal.reward;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.tribunal.servicekit.testing.PackageOrder;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "dev.tribunal.reward", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @Test
    void noPackageKnowsALaterOne() {
        PackageOrder.holds(
                "dev.tribunal.reward",
                "remote",
                "text",
                "head",
                "measure",
                "training",
                "training.pair",
                "training.answer",
                "model",
                "scoring",
                "evaluation");
    }

    @ArchTest
    static final ArchRule theEngineStaysBehindLanguageModel =
            noClasses().should().dependOnClassesThat().resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule trainingKnowsNothingOfSpring = noClasses()
            .that()
            .resideInAnyPackage("dev.tribunal.reward.training..", "dev.tribunal.reward.text..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..");
}
