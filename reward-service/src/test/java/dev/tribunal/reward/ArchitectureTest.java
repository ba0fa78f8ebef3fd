package dev.tribunal.reward;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.tribunal.reward", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.tribunal.reward.(*)..").should().beFreeOfCycles();

    /** remote, text, training, model, scoring: a package knows only those before it. */
    @ArchTest
    static final ArchRule noEdgePointsForward = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("remote")
            .definedBy("dev.tribunal.reward.remote..")
            .layer("text")
            .definedBy("dev.tribunal.reward.text..")
            .layer("training")
            .definedBy("dev.tribunal.reward.training..")
            .layer("model")
            .definedBy("dev.tribunal.reward.model..")
            .layer("scoring")
            .definedBy("dev.tribunal.reward.scoring..")
            .layer("application")
            .definedBy("dev.tribunal.reward")
            .whereLayer("application")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("scoring")
            .mayOnlyBeAccessedByLayers("application")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("scoring", "application")
            .whereLayer("remote")
            .mayOnlyBeAccessedByLayers("model", "scoring")
            .whereLayer("training")
            .mayOnlyBeAccessedByLayers("model");

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
