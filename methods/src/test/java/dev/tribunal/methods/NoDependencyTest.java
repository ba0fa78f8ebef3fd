package dev.tribunal.methods;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The papers can be read, tested and used alone; annotations say what a hyperparameter may be. */
class NoDependencyTest {

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
                .check(new ClassFileImporter()
                        .withImportOption(new DoNotIncludeTests())
                        .importPackages("dev.tribunal.methods"));
    }
}
