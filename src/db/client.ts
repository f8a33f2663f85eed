// A connection to PostgreSQL that may break at any moment, at work, idle, while it opens or while it is let go, and
// never ends the process: node-postgres tells of a break by an 'error' event too, which kills whoever does not listen.
import pg from 'pg'

export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    this.on('error', toldElsewhere)
  }

  /** Whoever clears a client before letting it go may still be told that it broke. */
  override removeAllListeners(event?: string | symbol): this {
    super.removeAllListeners(event)
    return this.on('error', toldElsewhere)
  }
}

/** The statement under way rejects, the next one does, and a pool hears of a client that lay idle. */
function toldElsewhere(): void {}
