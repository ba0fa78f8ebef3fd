package dev.tribunal.methods;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The papers can be read, tested and used alone; annotations say what a hyperparameter may be. */
class NoDependencyTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("dev.tribunal.methods");

    @Test
    void onlyJavaAndAnnotationsAreKnown() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.tribunal.methods..",
                        "java..",
                        "org.jspecify.annotations..",
                        "dev.tribunal.input..",
                        "jakarta.validation.constraints..",
                        "com.fasterxml.jackson.annotation..")
                .check(CLASSES);
    }

    /** The root package registers what is in the others, and is not looked at. */
    @Test
    void packagesHaveAnOrder() {
        slices().matching("dev.tribunal.methods.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }
}
