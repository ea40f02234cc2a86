package io.thermocline.query;

import io.thermocline.model.ThermoclineException;
import java.sql.Connection;
import java.sql.SQLException;

/** A program that opens DuckDB twice and says what came of it. */
final class OpensDuckDb {
  private OpensDuckDb() {}

  public static void main(String[] args) throws SQLException {
    for (int attempt = 0; attempt < 2; attempt++) {
      try (Connection duckDb = DuckDb.open()) {
        System.out.println("open " + duckDb.isValid(0));
      } catch (ThermoclineException refused) {
        System.out.println(refused.kind() + " " + refused.getMessage());
      }
    }
  }
}
