// The border of the API about people.
import { Type } from 'typebox'
import { pageQueryProperties } from '../http/paging.js'
import { ROLES } from './permission.js'

const Id = Type.String({ format: 'uuid' })
const NullableId = Type.Union([Id, Type.Null()])
const NullableName = Type.Union([Type.String(), Type.Null()])

export const PeopleQuery = Type.Object({
  ...pageQueryProperties,
  text: Type.Optional(Type.String({ maxLength: 100, description: 'Part of a name or of a login name' })),
}, { additionalProperties: false })

const roleProperties = {
  role: Type.Enum([...ROLES]),
  schoolId: Type.Optional(Type.String({ format: 'uuid', description: 'For a role that is held at a school' })),
  authorityId: Type.Optional(Type.String({ format: 'uuid', description: 'For an officer' })),
}
export const RoleBody = Type.Object(roleProperties, { additionalProperties: false })
export const SchoolRoleBody = Type.Object({ role: roleProperties.role }, { additionalProperties: false })

const personProperties = {
  loginName: Type.String({ minLength: 3, maxLength: 100, description: 'An e-mail address, or letters and digits' }),
  displayName: Type.String({ minLength: 1, maxLength: 100 }),
  withoutPassword: Type.Optional(Type.Boolean({ description: 'The person signs in through OIDC alone' })),
}
export const UserBody = Type.Object({ ...personProperties, ...roleProperties }, { additionalProperties: false })
export const SchoolUserBody = Type.Object(
  { ...personProperties, role: roleProperties.role }, { additionalProperties: false })

export const UserReply = Type.Object({
  id: Id,
  loginName: Type.String(),
  displayName: Type.String(),
  state: Type.Enum(['active', 'locked']),
  hasTotp: Type.Boolean({ description: 'Whether an authenticator app is set up' }),
  usesOidc: Type.Boolean(),
  roles: Type.Array(Type.Object({
    id: Id,
    role: Type.String(),
    schoolId: NullableId,
    schoolName: NullableName,
    authorityId: NullableId,
    authorityName: NullableName,
    validFrom: Type.String({ format: 'date' }),
  })),
})
export const GrantReply = Type.Object({
  ...UserReply.properties,
  password: Type.Union([Type.String(), Type.Null()], {
    description: 'Shown once: a new one-time password, where the head of a school managed the person until now',
  }),
})
export const NewUserReply = Type.Object({
  userId: Id,
  loginName: Type.String(),
  password: Type.Union([Type.String(), Type.Null()], { description: 'Shown once; changed at the first sign-in' }),
})
export const UserParams = Type.Object({ userId: Type.String() })
export const RoleParams = Type.Object({ userId: Type.String(), roleId: Type.String() })
const schoolId = Type.String()
export const SchoolParams = Type.Object({ schoolId })
export const SchoolUserParams = Type.Object({ schoolId, userId: Type.String() })
export const SchoolRoleParams = Type.Object({ schoolId, userId: Type.String(), roleId: Type.String() })
export const SessionParams = Type.Object({ sessionId: Type.String() })
export const SessionReply = Type.Object({
  id: Id,
  createdAt: Type.String({ format: 'date-time' }),
  lastSeenAt: Type.String({ format: 'date-time' }),
  expiresAt: Type.String({ format: 'date-time' }),
  address: NullableName,
  agent: NullableName,
  current: Type.Boolean(),
})
export const PasswordReply = Type.Object({ password: Type.String({ description: 'Shown once' }) })
